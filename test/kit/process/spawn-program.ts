import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));

export interface Ended {
  /** Exit code; undefined when a signal ended it. */
  code: number | undefined;
  signal: NodeJS.Signals | null;
  stderr: string;
  stdout: string;
}

/** A TypeScript program of this project as a process of its own, with no environment but the one given. */
export class SpawnedProgram {
  private stdout = '';
  private stderr = '';
  private readonly ended: Promise<[number | null, NodeJS.Signals | null]>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (data: Buffer) => {
      this.stdout += data;
    });
    child.stderr?.on('data', (data: Buffer) => {
      this.stderr += data;
    });
    this.ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  /** @param program relative to the project */
  static start(program: string, env: Record<string, string> = {}): SpawnedProgram {
    const child = spawn(process.execPath, ['--import', 'tsx', program], {
      cwd: checkout,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new SpawnedProgram(child);
  }

  /** Resolves when its standard output has the text. */
  async says(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      const more = this.child.stdout && once(this.child.stdout, 'data').then(() => true);
      if (!(await Promise.race([more, this.ended.then(() => false)])) && !this.stdout.includes(text)) {
        throw new Error(`It ended without saying "${text}": ${this.stdout}${this.stderr}`);
      }
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async end(): Promise<Ended> {
    const [code, signal] = await this.ended;
    return { code: code ?? undefined, signal, stdout: this.stdout, stderr: this.stderr };
  }
}
