const http = require('http');
const answer = `node answers in ${process.env.NODE_ENV} as ${process.getuid()}\n`;
process.on('SIGTERM', () => process.exit(0));
http.createServer((_, response) => response.end(answer)).listen(3000);
