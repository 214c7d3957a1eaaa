import { describe, expect, it } from 'vitest';
import { playbookProblem } from './playbook-problem.js';

describe('a playbook', () => {
  it.each([
    ['plays', '---\n- hosts: localhost\n  gather_facts: false\n  tasks:\n  - debug:\n      msg: "{{ item }}"\n'],
    [
      'a secret for ansible-vault',
      '- hosts: localhost\n  vars:\n    secret: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162\n',
    ],
    ['words that YAML 1.1 takes for truth', '- hosts: localhost\n  gather_facts: no\n  become: yes\n'],
    ['a key said twice', '- hosts: localhost\n  vars: {}\n  vars: {a: 1}\n'],
    ['an import', '- import_playbook: other.yml\n'],
  ])('may hold %s', (_, text) => {
    expect(playbookProblem(text)).toBeUndefined();
  });

  it.each([
    ['broken YAML', '- hosts: [localhost\n', /not valid YAML: .* at line/],
    ['one play without its list', 'hosts: localhost\n', /not a list of plays/],
    ['plain words', 'echo hello\n', /not a list of plays/],
    ['several documents', '- hosts: a\n---\n- hosts: b\n', /several YAML documents/],
    ['nothing but comments', '# to be written\n', /not a list of plays|no play/],
  ])('is refused for %s', (_, text, problem) => {
    expect(playbookProblem(text)).toMatch(problem);
  });

  it.each(['- p: |hunter2\n  x\n', '- p: !hunter2! x\n', '- p: "\\xhunter2"\n'])(
    'is told of by its place, without its words: %j',
    (text) => {
      const problem = playbookProblem(text);
      expect(problem).toMatch(/not valid YAML: [a-z ]+ at line 1, column \d/);
      expect(problem).not.toContain('hu');
    },
  );
});
