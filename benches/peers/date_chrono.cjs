// Megabytes a second of chrono over the documents of a JSON Lines file (one string a line).
//
//     npm install chrono-node
//     NODE_PATH=node_modules node benches/peers/date_chrono.cjs DOCUMENTS.jsonl
//
// Prints one line, "chrono-node VERSION: N MB/s, M found": the fastest of three runs.
const fs = require("fs");
const chrono = require("chrono-node");

const documents = fs.readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const size = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const now = new Date("2017-03-20T12:00:00Z");
let best = Infinity;
let found = 0;
for (let run = 0; run < 3; run++) {
    const start = process.hrtime.bigint();
    found = documents.reduce((sum, text) => sum + chrono.parse(text, now).length, 0);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
}
let version = "";
try {
    version = ` ${require("chrono-node/package.json").version}`;
} catch {
    // Not all versions let their own description be read.
}
console.log(`chrono-node${version}: ${(size / best / 1e6).toFixed(3)} MB/s, ${found} found in ${size} bytes`);
