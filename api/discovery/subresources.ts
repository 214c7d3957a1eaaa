/** Read-only subresources beside status, by kind. */
export const SUBRESOURCES: Readonly<Record<string, readonly string[]>> = { MigMigration: ['log', 'report'] };
