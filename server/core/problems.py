# ruff: noqa: E501
"""Expected failures and their one wire form: RFC 9457 problem documents with a stable code.

Every code has a sentence in Chinese and English that says what happened and what to do. A problem never
carries a name, an ID number or a health detail.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ClientDisconnected, HTTPException

from server.core.again import is_busy

CONTENT_TYPE = "application/problem+json"
Errors = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Kind:
    """One row of the catalogue: HTTP status and the sentences of a code."""

    status: int
    en: str
    zh: str


CATALOGUE: dict[str, Kind] = {
    "malformed_json": Kind(400, "The request is not valid JSON. Send it again.", "请求内容不完整，请重新发送。"),
    "body_hash_mismatch": Kind(
        400, "The content changed on the way. Send it again.", "内容在传输中被改动，请重新发送。"
    ),
    "photo_length_mismatch": Kind(
        400, "The photo arrived incomplete. It will be sent again.", "照片没有传完整，会重新发送。"
    ),
    "chunk_damaged": Kind(
        400, "A part of the photo was damaged on the way. It will be sent again.", "照片的一段在传输中损坏，会重新发送。"
    ),
    "photo_hash_mismatch": Kind(
        460, "The photo was damaged on the way. It will be sent again.", "照片在传输中损坏，会重新发送。"
    ),
    "bad_request": Kind(400, "The request cannot be understood.", "无法识别这个请求。"),
    "wrong_credentials": Kind(401, "User name or password is wrong.", "用户名或密码不对，请检查后再试。"),
    "token_missing": Kind(401, "Sign in first.", "请先登录。"),
    "token_expired": Kind(401, "The sign-in has expired. Sign in again; nothing on the phone is lost.",
                          "登录已过期，请重新登录；手机上的记录不会丢。"),
    "token_invalid": Kind(401, "This sign-in is not valid. Sign in again; nothing on the phone is lost.",
                          "登录无效，请重新登录；手机上的记录不会丢。"),
    "account_disabled": Kind(401, "This account is switched off. Ask your township.", "账号已停用，请联系乡镇。"),
    "token_reused": Kind(401, "This sign-in was used a second time, so it was ended. Sign in again; nothing on the phone "
                              "is lost.",
                         "这个登录凭证被重复使用，已作废。请重新登录；手机上的记录不会丢。"),
    "token_late": Kind(409, "This request was long on its way; the phone has signed in anew since. Nothing is to be done.",
                       "这个请求在路上耽搁太久，手机已换了新的登录凭证；不用处理，稍后会自动再试。"),
    "device_wiped": Kind(403, "The county ordered this device to be wiped. Ask your township.",
                         "县里已要求清除这台设备上的数据，请联系乡镇。"),
    "device_draining": Kind(403, "The county is taking this device out of service: it only hands over what was not sent yet.",
                            "县里正在停用这台设备：只能上传还没有送达的记录。"),
    "password_change_required": Kind(403, "This password works once. Choose one of your own to sign in.",
                                     "这是一次性密码，请设自己的密码再登录。"),
    "one_time_expired": Kind(403, "This one-time password is too old. Ask for another one.",
                             "一次性密码已过期，请上级重新给一个。"),
    "role_not_allowed": Kind(403, "Your role may not do this.", "您的角色不能做这项操作。"),
    "account_misplaced": Kind(403, "The place of this account does not fit its role. Ask whoever set it up; nothing on the "
                                   "phone is lost.",
                              "这个账号的区域与角色不符，请联系开通账号的人改正；手机上的记录不会丢。"),
    "wrong_password": Kind(403, "The password is wrong. Nothing was signed or changed.",
                           "密码不对，没有签署，也没有改动。"),
    "not_found": Kind(404, "Not found.", "没有找到。"),
    "recheck_not_found": Kind(404, "There is no such re-check.", "没有这条复核。"),
    "filter_not_found": Kind(404, "There is no such saved filter.", "没有这个保存的筛选。"),
    "household_not_found": Kind(404, "This household is not in your area.", "这户不在您的管理范围内。"),
    "member_not_found": Kind(404, "There is no such member in this household.", "这户没有这名成员。"),
    "visit_not_found": Kind(404, "This visit is not in your area.", "这次走访不在您的管理范围内。"),
    "proposal_not_found": Kind(404, "This correction is not yours to decide on.", "这项更正不在您的审核范围内。"),
    "light_not_found": Kind(404, "This visit does not show that light.", "这次走访没有亮这盏灯。"),
    "light_not_lit": Kind(409, "This light is not on any more: look at the visit again.",
                          "这盏灯已不再亮，请刷新查看。"),
    "light_above_level": Kind(403, "Lights of this level are not yours to dismiss: hand the visit up.",
                              "这一级的灯不由您排除，请上报。"),
    "dismissal_conflict": Kind(409, "Another dismissal was already sent under this number.",
                               "同一编号下已有内容不同的排除记录。"),
    "device_not_found": Kind(404, "This device is not in your area.", "这台设备不在您的管理范围内。"),
    "user_not_found": Kind(404, "This account is not in your area.", "这个账号不在您的管理范围内。"),
    "session_not_found": Kind(404, "This sign-in is not yours, or it has ended.", "没有这次登录，或已经退出。"),
    "request_not_found": Kind(404, "This request is not in your area.", "这条申请不在您的管理范围内。"),
    "region_not_found": Kind(404, "This place is not in your area.", "这个地方不在您的管理范围内。"),
    "receipt_not_found": Kind(404, "There is no such receipt in your area.", "您的管理范围内没有这个回执。"),
    "held_not_found": Kind(404, "There is no such record in your area.", "您的管理范围内没有这条记录。"),
    "checklist_not_found": Kind(404, "There is no such checklist version.", "没有这个版本的清单。"),
    "setting_not_found": Kind(404, "There is no such setting in your county.", "本县没有这条设置。"),
    "clock_not_found": Kind(404, "There is no such clock here.", "这里没有这个时限。"),
    "day_not_found": Kind(404, "There is no such day in the calendar.", "日历中没有这一天。"),
    "relay_key_unknown": Kind(404, "No phone of this server made this file, or that phone was signed in anew since. "
                                   "Export it again from the phone.",
                              "这份文件不是本系统的手机导出的，或那部手机后来重新登记过。请在原手机上重新导出。"),
    "method_not_allowed": Kind(405, "This address does not accept that method.", "这个地址不支持该操作。"),
    "visit_conflict": Kind(409, "Another visit was already sent under this number. Nothing was changed; "
                                "the record stays on the phone.",
                           "同一编号下已有内容不同的走访记录，服务器未作改动，本机记录已保留。"),
    "revision_outdated": Kind(409, "This visit was already decided or replaced by a newer revision.",
                              "这次走访已审过，或已有更新的修改版本。"),
    "revision_unknown": Kind(409, "The visit this one corrects has not arrived. Send that one first.",
                             "被修改的那次走访还没有传到服务器，请先发送它。"),
    "visit_not_reviewable": Kind(409, "This visit can no longer be reviewed: it was decided or replaced.",
                                 "这次走访已审过或已被新版本替代，不能再审。"),
    "own_work": Kind(409, "Nobody decides on their own work.", "不能审核自己提交的内容。"),
    "proposal_decided": Kind(409, "Somebody has decided on this correction otherwise. Look again.",
                             "这项更正已有不同的处理结果，请刷新查看。"),
    "own_device": Kind(409, "This is the device you are using. Somebody else has to give it this order.",
                       "这是您正在使用的设备，请由其他人操作。"),
    "own_account": Kind(409, "Nobody changes their own account here. Somebody else has to.",
                        "不能在这里改自己的账号，要由别人来改。"),
    "own_request": Kind(409, "Another person has to decide: nobody confirms what they asked for.",
                        "自己提出的要由另一个人确认。"),
    "request_decided": Kind(409, "Somebody has decided on this request. Look again.", "这条申请已有人处理，请刷新。"),
    "user_changed": Kind(409, "Somebody changed this account meanwhile. Look again.", "这个账号刚被别人改过，请刷新再改。"),
    "user_disabled": Kind(409, "This account is switched off. Switch it on first.", "这个账号已停用，请先启用。"),
    "username_taken": Kind(409, "There is an account of that user name. Choose another.", "这个用户名已有人用，请换一个。"),
    "operation_conflict": Kind(409, "Another act was already sent under this number. Nothing was changed.",
                               "这个编号已用于另一次操作，没有改动。"),
    "grid_closed": Kind(409, "This grid was closed meanwhile. Decline this; it can be sent again from another grid.",
                        "这个网格已停用。请不予采纳，由现在的网格重新上报。"),
    "place_closed": Kind(409, "The place of this account was closed. Give the person another place first.",
                         "这个账号所在的地方已撤销，请先调到别处。"),
    "grid_not_empty": Kind(409, "Households or people still belong to this grid. Move them first.",
                           "这个网格还有农户或网格员，请先转走。"),
    "grids_full": Kind(409, "A village has at most 99 grids, closed ones included.", "一个村最多 99 个网格（含已撤销的）。"),
    "import_changed": Kind(409, "The file or the accounts changed since the check. Check again.",
                           "检查以后文件或账号有变化，请重新检查。"),
    "held_declined": Kind(409, "What was sent was kept, then declined. Correct it and send it as something new.",
                          "上传的内容已暂存，经审核未采纳。请按意见修改后重新提交。"),
    "held_decided": Kind(409, "This was already decided otherwise.", "这条记录已有不同的处理结果。"),
    "held_not_decidable": Kind(409, "It comes from a newer version of the app and is carried out by itself after the next "
                                    "update of the server.",
                               "这条记录来自新版手机端，服务器更新后会自动处理。"),
    "newcomer_known": Kind(409, "This household or member is proposed or registered already. Look at the list, then "
                                "write it down anew if it is another one.",
                           "这户或这个人已经提交过或已登记。请先看名单，确实是另一户再重新填写。"),
    "recheck_conflict": Kind(409, "Another outcome was already sent under this number.", "同一编号下已有内容不同的复核结论。"),
    "recheck_not_due": Kind(409, "This household is not waiting for a re-check: it was concluded already.",
                            "这户现在不用复核：已有结论，请刷新查看。"),
    "own_review": Kind(409, "You decided on this visit for the village. Somebody else re-checks it.",
                       "村级审核是您做的，请由其他人复核。"),
    "settle_not_allowed": Kind(409, "Here every case is decided by the county. Hand it up.",
                               "本地规定每一户都由县里审定，请上报县里。"),
    "month_not_begun": Kind(409, "This month has not begun.", "这个月还没有开始。"),
    "not_handed_up": Kind(409, "This household does not wait for the county: the township has it, or it was decided.",
                          "这户现在不由县里定：乡镇还没上报，或已有决定，请刷新查看。"),
    "own_recheck": Kind(409, "You re-checked or reviewed this household yourself. Somebody else decides.",
                        "这户的审核或复核是您做的，请由其他人决定。"),
    "decision_conflict": Kind(409, "Another decision was already sent under this number.", "同一编号下已有内容不同的决定。"),
    "assignment_conflict": Kind(409, "Another assignment was already sent under this number.",
                                "同一编号下已有内容不同的分派。"),
    "too_many_filters": Kind(409, "You have 20 saved filters. Remove one first.", "最多保存 20 个筛选，请先删除一个。"),
    "review_conflict": Kind(409, "Another review was already sent under this number.", "同一编号下已有内容不同的审核。"),
    "setting_conflict": Kind(409, "Another setting was already signed under this number, or at this moment. Look, then "
                                  "sign again.",
                             "同一编号下已有不同的设置，或刚刚有人签署了另一条。请先查看，再重新签署。"),
    "setting_revoked": Kind(409, "This setting was already revoked.", "这条设置已经撤销。"),
    "photo_not_expected": Kind(409, "The visit does not list this photo.", "走访记录里没有登记这张照片。"),
    "upload_offset": Kind(409, "The photo goes on at another place. The phone does so by itself.",
                          "照片要从另一处接着传，手机会自动继续。"),
    "photo_not_ready": Kind(409, "The photo is still being checked. Try again shortly.", "照片还在检查，请稍后再看。"),
    "cursor_gone": Kind(410, "The list on this device is too old, or of another area. It is fetched anew; nothing that was "
                             "not sent yet is lost.",
                        "本机名单已过期或管理范围已变，会重新下载；未发送的记录不会丢。"),
    "length_required": Kind(411, "The length of the content is missing.", "请求缺少内容长度。"),
    "too_large": Kind(413, "The request is too large.", "请求内容过大。"),
    "photo_too_large": Kind(413, "The photo is larger than 2 MB.", "照片超过 2 MB，请重拍或压缩。"),
    "type_unsupported": Kind(415, "This content type is not accepted.", "不支持这种内容类型。"),
    "photo_type_unsupported": Kind(415, "Only JPEG, PNG or WebP photos are accepted.", "只接收 JPEG、PNG、WebP 照片。"),
    "assignee_unknown": Kind(422, "Nobody in the county office and no department goes by that.",
                             "县里没有这个人或这个部门。"),
    "too_many_rows": Kind(422, "That is more than 5,000 rows. Narrow it down: fewer months, one cause, one township.",
                          "超过 5000 行，请缩小范围：减少月份、只选一种原因或一个乡镇。"),
    "invalid": Kind(422, "Some fields are not right.", "有内容填写不对，请按提示修改。"),
    "region_not_fitting": Kind(422, "An account of this role belongs to a place of another level.",
                               "这个角色不能属于这一级地方。"),
    "sheet_unreadable": Kind(422, "This is no plain Excel workbook (.xlsx), or it is damaged.",
                             "这不是普通的 Excel 文件（.xlsx），或文件已损坏。"),
    "sheet_unsafe": Kind(422, "The workbook holds macros or links to other files. Save it as plain .xlsx.",
                         "表格里有宏或外部链接，请另存为普通 .xlsx。"),
    "sheet_columns": Kind(422, "The first row must hold the template's columns. Use the template.",
                          "第一行要有模板里的列名，请用模板填。"),
    "sheet_doubled": Kind(422, "A column of the template is there twice. Delete one of the two.",
                          "模板里的某一列出现了两次，请删掉一列。"),
    "sheet_several": Kind(422, "People stand on several sheets. Put them all on one, or import a file for each.",
                          "有几张工作表都填了人员，请合到一张表，或分成几个文件导入。"),
    "sheet_too_wide": Kind(422, "The first row goes beyond column T. Move that column to the left, or delete it.",
                           "第一行写到 T 列以后了，请把那一列移到前面，或删掉。"),
    "sheet_too_long": Kind(422, "At most 2,000 rows at once. Split the file.", "一次最多 2000 行，请分开导入。"),
    "sheet_empty": Kind(422, "The file has no row to import.", "表格里没有要导入的行。"),
    "invalid_answers": Kind(422, "Some answers are not right. The record stays on the phone; correct and send it.",
                            "有题目填写不对，记录仍在本机，请按提示修改后再发。"),
    "relay_unreadable": Kind(422, "This is no file of unsent work, or it is cut. Export it again from the phone.",
                             "这不是亮灯的待传文件，或文件不完整。请在原手机上重新导出。"),
    "relay_version": Kind(422, "This file was made by a newer version of the app. Carry it again after the server was "
                               "updated.",
                          "这份文件是更新版本的手机端导出的，请等服务器更新后再带传。"),
    "relay_damaged": Kind(422, "This piece of the file was changed on its way. The others go on; export this one again "
                               "from the phone.",
                          "文件里的这一条在途中被改动，其余各条不受影响。请在原手机上重新导出。"),
    "unknown_kind": Kind(422, "The server does not know this kind of operation.", "服务器不认识这种操作，请更新后再发。"),
    "unknown_checklist_version": Kind(422, "The server does not know this checklist version.",
                                      "服务器不认识这个版本的清单，请更新后再发。"),
    "too_many_attempts": Kind(429, "Too many attempts. Wait, then try again.", "尝试次数过多，请稍后再试。"),
    "too_many_reveals": Kind(429, "You have opened many full numbers within the hour. Go on later.",
                             "一小时内查看完整号码过多，请稍后再看。"),
    "internal": Kind(500, "The server failed. Nothing was changed. Try again later.",
                     "服务器出错，内容没有改动，请稍后再试。"),
    "busy": Kind(503, "The server is busy. It will be sent again by itself.", "服务器忙，稍后会自动重发。"),
    "policy_altered": Kind(503, "The county's policy settings were altered outside this system, so nothing is judged by "
                                "them. Tell the county office; nothing is lost on the phone.",
                           "本县的政策设置在系统外被改动，暂停判断。请告知县里；手机上的记录不会丢。"),
    "storage_full": Kind(507, "The server's storage is full. Tell the county office; nothing is lost on the phone.",
                         "服务器空间已满，请告知县里；手机上的记录不会丢。"),
}  # fmt: skip


class Problem(Exception):
    """An expected failure, raised by services; only this module turns it into HTTP."""

    def __init__(self, code: str, *, errors: Errors | None = None, detail: str = "", **extra: Any) -> None:
        super().__init__(code)
        self.kind = CATALOGUE[code]
        self.code, self.errors, self.detail, self.extra = code, errors, detail, extra

    def document(self) -> dict[str, Any]:
        """The problem as a JSON object; ``errors`` maps a field to its ``{code, message}`` list."""
        body: dict[str, Any] = {
            "type": f"urn:liangdeng:problem:{self.code}",
            "title": self.kind.en,
            "title_zh": self.kind.zh,
            "status": self.kind.status,
            "code": self.code,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = self.errors
        return body | self.extra


# The browser itself forgets what this site kept, also where an app is too old to know the order.
_HEADERS = {"device_wiped": {"Clear-Site-Data": '"storage"'}}


def respond(problem: Problem) -> Response:
    """The HTTP answer to a problem."""
    body = problem.document() | {"instance": request.path, "request_id": g.get("request_id")}
    reply = Response(json.dumps(body, ensure_ascii=False), problem.kind.status, content_type=CONTENT_TYPE)
    for name, value in _HEADERS.get(problem.code, {}).items():
        reply.headers[name] = value
    if "retry_after" in problem.extra:
        reply.headers["Retry-After"] = str(problem.extra["retry_after"])
    return reply


_BY_STATUS = {
    400: "bad_request",
    401: "token_missing",
    403: "role_not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    411: "length_required",
    413: "too_large",
    415: "type_unsupported",
    422: "invalid",
    429: "too_many_attempts",
    503: "busy",
}


def from_http(error: HTTPException) -> Problem:
    """The problem for an error that Flask or a library raised; validation messages become ``errors``."""
    if isinstance(error, ClientDisconnected):
        return Problem("malformed_json")  # the body ended before its declared length
    status = error.code or 500
    code = _BY_STATUS.get(status, "bad_request" if status < 500 else "internal")
    messages = (getattr(error, "data", None) or {}).get("messages")
    if isinstance(messages, dict) and "json" in messages and status in (400, 422):
        found = messages["json"]
        if found == ["Invalid JSON body."]:
            return Problem("malformed_json")
        return Problem(code, errors=flatten(found))
    if isinstance(messages, dict):
        return Problem(code, errors=flatten({k: v for part in messages.values() for k, v in _pairs(part)}))
    return Problem(code)


def _pairs(part: Any) -> list[tuple[str, Any]]:
    return list(part.items()) if isinstance(part, dict) else [("_schema", part)]


def flatten(messages: Any, path: str = "") -> Errors:
    """Nested marshmallow messages as ``{"a.0.b": [{"code": "invalid", "message": …}]}``."""
    if isinstance(messages, dict):
        found: Errors = {}
        for key, value in messages.items():
            found |= flatten(value, f"{path}.{key}" if path else str(key))
        return found
    texts = messages if isinstance(messages, list) else [messages]
    return {path or "_schema": [{"code": "invalid", "message": str(text)} for text in texts]}


def init_app(app: Flask) -> None:
    """Answer every failure with a problem document."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, lambda error: respond(from_http(error)))
    app.register_error_handler(OperationalError, _on_database_error)
    if not app.testing:
        app.register_error_handler(Exception, _on_bug)


def _on_database_error(error: OperationalError) -> Response:
    text = str(error.orig).lower()
    if "full" in text or "no space" in text:
        return respond(Problem("storage_full", retry_after=300))
    if is_busy(error):
        return respond(Problem("busy", retry_after=5))
    return _on_bug(error)


def _on_bug(error: Exception) -> Response:
    from server.core.logs import log  # the log needs the request that this module also serves

    log.error("unhandled", kind=type(error).__name__, exc_info=error)
    return respond(Problem("internal"))
