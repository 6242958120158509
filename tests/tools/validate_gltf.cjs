// Runs the Khronos glTF validator over the files named as arguments and prints one JSON report:
// { "<path>": { "errors": n, "warnings": n, "messages": ["CODE: text (pointer)", ...] }, ... }

"use strict";

const fs = require("node:fs");
const validator = require("gltf-validator");

async function main(paths) {
  const reports = {};
  for (const path of paths) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(path)), { maxIssues: 50 });
    const { numErrors, numWarnings, messages } = report.issues;
    reports[path] = {
      errors: numErrors,
      warnings: numWarnings,
      messages: messages.map((issue) => `${issue.code}: ${issue.message} (${issue.pointer ?? issue.offset})`),
    };
  }
  process.stdout.write(JSON.stringify(reports));
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
});
