/** Whether a table's cell is a number; one that is not finite is, if it is written as JavaScript writes it. */
export function isNumberText(text: string): boolean {
  return text === 'NaN' || (text.trim() !== '' && !Number.isNaN(Number(text)));
}
