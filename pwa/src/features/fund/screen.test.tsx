// @vitest-environment happy-dom
/** The calculator as a person uses it, against a server made of a function. */
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FundCalculation, FundClaim, FundReading } from '../../core/api/fund';
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/core';
import { texts as zh } from '../../i18n/zh-CN/core';
import { FundPage, resetFund } from './index';

registerTexts({ zh, en });
configure({ asyncUtilTimeout: 5000 });

interface Asked {
  claim: FundClaim;
  reading: FundReading | null;
}
let asked: Asked[];
let status: number;

function calculation({ claim, reading }: Asked): FundCalculation {
  const paid = claim.liability === 'full' ? '0.00' : '6500.00';
  const chosen = reading ?? 'marginal_on_excess';
  const text = (words: string) => ({ zh: words, en: words });
  return {
    kind: claim.kind,
    pay_cny: chosen === 'whole_on_total' ? '14000.00' : paid,
    reading: chosen,
    per: 'person',
    year: 2026,
    steps: [
      {
        code: 'excess',
        text: text('20,000 − 5,000 = 15,000 元'),
        value_cny: '15000.00',
        cites: ['N-FUND-ILL-2'],
      },
    ],
    reason: paid === '0.00' ? { code: 'full_liability', ...text('负全责除外') } : null,
    marks: paid === '0.00' ? [] : ['cap_not_published'],
    to_confirm: [],
    alternatives: [
      {
        reading: 'marginal_on_excess',
        label: text('超出部分分档累进'),
        pay_cny: paid,
        chosen: chosen !== 'whole_on_total',
      },
      {
        reading: 'whole_on_total',
        label: text('全额一个比例'),
        pay_cny: '14000.00',
        chosen: chosen === 'whole_on_total',
      },
    ],
    articles: [{ id: 'N-FUND-ILL-2', document: '简报', text: '累计 0.5 万元起作为预警监测线' }],
  };
}

async function fakeFetch(input: Request): Promise<Response> {
  const body = (await input.json()) as Asked;
  asked.push(body);
  const answer = status === 200 ? calculation(body) : { code: 'internal', status };
  return new Response(JSON.stringify(answer), { status, headers: { 'Content-Type': 'application/json' } });
}

const amount = (label: string) => screen.getByLabelText<HTMLInputElement>(label);
async function fill(kind: string, label: string, text: string) {
  fireEvent.click(screen.getByLabelText(new RegExp(`^${kind}`)));
  fireEvent.input(await screen.findByLabelText(label), { target: { value: text } });
}

beforeEach(() => {
  asked = [];
  status = 200;
  vi.stubGlobal('fetch', fakeFetch);
  render(<FundPage />);
});

afterEach(() => {
  cleanup();
  resetFund();
  vi.unstubAllGlobals();
});

describe('the calculator', () => {
  it('shows the pay, the reading behind it and the mark of the unpublished maximum', async () => {
    await fill('因病', '全年自付和自费合计', '20000');
    await screen.findByText('6,500', { selector: '.fund-pay b' });
    expect(asked.at(-1)?.claim).toMatchObject({ kind: 'illness', amount_cny: '20000.00', household: null });
    expect(screen.getByText('限额未公布')).toBeTruthy();
    expect(screen.getByText('超出部分分档累进', { selector: '.tag' })).toBeTruthy();
  });

  it('asks nothing of the server while the amount is missing', async () => {
    await fill('因病', '全年自付和自费合计', '');
    expect(screen.getByText('还差金额')).toBeTruthy();
    expect(asked).toEqual([]);
  });

  it('shows another reading when it is tapped, and the difference between the two', async () => {
    await fill('因病', '全年自付和自费合计', '20000');
    const other = await screen.findByRole('button', { name: /全额一个比例/ });
    expect(other.textContent).toContain('+7,500');
    fireEvent.click(other);
    await screen.findByText('14,000', { selector: '.fund-pay b' });
    expect(asked.at(-1)?.reading).toBe('whole_on_total');
  });

  it('says why nothing is paid, and a second tap takes the answer back', async () => {
    await fill('因意外事故', '全年自付医疗费合计', '20000');
    fireEvent.click(screen.getByRole('button', { name: '全责' }));
    await screen.findByText('负全责除外');
    fireEvent.click(screen.getByRole('button', { name: '全责' }));
    await waitFor(() => expect(screen.queryByText('负全责除外')).toBeNull());
    expect(asked.at(-1)?.claim.liability).toBeNull();
  });

  it('adds up bills with what others paid', async () => {
    fireEvent.click(screen.getByLabelText(/^因病/));
    fireEvent.click(await screen.findByRole('tab', { name: '逐笔填写' }));
    fireEvent.click(screen.getByRole('button', { name: '加一笔' }));
    fireEvent.input(amount('医疗费用'), { target: { value: '30000' } });
    fireEvent.input(amount('医疗救助'), { target: { value: '10000' } });
    await screen.findByText('6,500', { selector: '.fund-pay b' });
    expect(asked.at(-1)?.claim.bills).toMatchObject([
      { cost_cny: '30000.00', paid_by: { medical_aid: '10000.00' } },
    ]);
  });

  it('keeps the form and offers another try when the server fails', async () => {
    status = 500;
    await fill('因病', '全年自付和自费合计', '20000');
    const again = await screen.findByRole('button', { name: '再算一次' });
    status = 200;
    fireEvent.click(again);
    await screen.findByText('6,500', { selector: '.fund-pay b' });
    expect(amount('全年自付和自费合计').value).toBe('20000');
  });
});
