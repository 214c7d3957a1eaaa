import { execa } from 'execa';

/** kubectl against one kubeconfig. Output is trimmed; a failure carries kubectl's own message. */
export class Kubectl {
  constructor(
    private readonly program: string,
    readonly kubeconfig: string,
  ) {}

  async run(args: string[], input?: string): Promise<string> {
    const { stdout } = await execa(this.program, ['--kubeconfig', this.kubeconfig, ...args], { input });
    return stdout.trim();
  }

  apply(yaml: string): Promise<string> {
    return this.run(['apply', '-f', '-'], yaml);
  }

  async get<T = Record<string, never>>(...args: string[]): Promise<T> {
    return JSON.parse(await this.run(['get', ...args, '-o', 'json'])) as T;
  }

  /** Undefined when it is not there. */
  async find<T>(...args: string[]): Promise<T | undefined> {
    const text = await this.run(['get', ...args, '-o', 'json', '--ignore-not-found']);
    return text === '' ? undefined : (JSON.parse(text) as T);
  }
}
