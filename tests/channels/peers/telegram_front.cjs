// Puts npm telegram-test-api behind a front that repairs its answers where they are not what Telegram answers.
// Prints the address of the front. Ends when its input ends.
const http = require('http');
const net = require('net');
const TelegramServer = require('telegram-test-api');

const ME = {
  id: 666, is_bot: true, first_name: 'Test First name', username: 'TestNameBot',
  can_join_groups: true, can_read_all_group_messages: true, supports_inline_queries: false,
};

function freePort() {
  return new Promise((done) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

const seconds = (date) => (date > 1e11 ? Math.floor(date / 1000) : date); // it counts in milliseconds

function repairMessage(message) {
  message.date = seconds(message.date || Date.now());
  if (message.chat.id < 0) Object.assign(message.chat, { type: 'supergroup', title: message.chat.title || 'group' });
}

function repairUpdate(update) {
  if (!update.callback_query) return;
  update.callback_query.chat_instance = '1';
  const { message } = update.callback_query;
  if (message) repairMessage(message);
}

function repair(method, answer) {
  if (method === 'getMe') return { ok: true, result: ME };
  if (answer.ok === undefined) return { ok: false, error_code: 404, description: answer.message };
  if (method === 'getUpdates') answer.result.forEach(repairUpdate);
  else if (answer.result === null) answer.result = true;
  else if (answer.ok && answer.result && answer.result.chat) repairMessage(answer.result);
  return answer;
}

async function main() {
  const server = new TelegramServer({ port: await freePort(), host: '127.0.0.1', storeTimeout: 600 });
  await server.start();
  const front = http.createServer((request, response) => {
    const { method, headers, url } = request;
    const [, kind, botMethod] = /^\/(bot)[^/]+\/(\w+)/.exec(url) || [];
    const inner = http.request({ host: '127.0.0.1', port: server.config.port, method, path: url, headers }, (answered) => {
      const parts = [];
      answered.on('data', (part) => parts.push(part)).on('end', () => {
        let answer = JSON.parse(Buffer.concat(parts).toString());
        if (kind) answer = repair(botMethod, answer);
        response.writeHead(answer.ok ? 200 : answer.error_code || 500, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
      });
    });
    request.pipe(inner);
  });
  front.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${front.address().port}`));
  process.stdin.on('end', () => process.exit(0)).resume();
}

main();
