// The official package's own cryptography in WeCom's place: pushes each message of the standard input (a JSON array) to
// a bot's address and prints the opened answers, one JSON array.
const { WecomCrypto } = require('@wecom/aibot-node-sdk');
const [address, token, key, timestamp] = process.argv.slice(2);
const crypto = new WecomCrypto(token, key, '');
let told = '';
process.stdin.on('data', (piece) => { told += piece; }).on('end', async () => {
  const answers = [];
  for (const [number, message] of JSON.parse(told).entries()) {
    const nonce = `n${number}`;
    const sealed = crypto.encrypt(JSON.stringify(message), timestamp, nonce);
    const query = new URLSearchParams({ msg_signature: sealed.signature, timestamp, nonce });
    const body = JSON.stringify({ encrypt: sealed.encrypt });
    const answer = await fetch(`${address}?${query}`, { method: 'POST', body });
    const said = JSON.parse(await answer.text());
    const isSigned = crypto.verifySignature(said.msgsignature, said.timestamp, said.nonce, said.encrypt);
    answers.push([answer.status, isSigned, JSON.parse(crypto.decrypt(said.encrypt))]);
  }
  console.log(JSON.stringify(answers));
});
