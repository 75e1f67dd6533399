/** The text below a command's help. */
export const examples = (...lines: readonly string[]) => `
Examples:
${lines.map((line) => `  ${line}`).join('\n')}`;
