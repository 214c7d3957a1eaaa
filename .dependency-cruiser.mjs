import { tsImport } from 'tsx/esm/api';

// The rules are built from the tables of rules/rooms.ts.
const { importRules } = await tsImport('./rules/import-rules.ts', import.meta.url);

export default {
  forbidden: importRules(),
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.lab|\\.mtc|console|images)/' },
    skipAnalysisNotInRules: true,
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
  },
};
