/** Catches what a screen did not expect, says so in both languages, and offers a way on. */
import { Component, type ComponentChildren } from 'preact';
import { Button } from '../ui/button';
import { ErrorState } from '../ui/states';

interface Props {
  /** A new value (the address) gives the screen another chance. */
  place: string;
  children: ComponentChildren;
}

/** Its words do not come from the texts, which may be the very thing that failed. */
const TITLE = '这一页出了问题 · This page has a problem';
const TEXT =
  '您填写的内容都在本机，没有丢。 What you filled in is kept on this phone; nothing is lost. (亮灯 Liangdeng)';

export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ failed: true });
  }

  override componentDidUpdate(before: Props): void {
    if (before.place !== this.props.place && this.state.failed) this.setState({ failed: false });
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main class="page-main">
        <ErrorState
          title={TITLE}
          text={TEXT}
          retry={{ label: '再试一次 · Try again', onClick: () => this.setState({ failed: false }) }}
          action={
            <Button kind="plain" href="#/">
              回到首页 · Home
            </Button>
          }
        />
      </main>
    );
  }
}
