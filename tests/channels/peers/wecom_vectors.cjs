// Makes ../wecom_vectors.json: WeCom callbacks signed and encrypted by somebody else's code, for an invented corporation.
// Run: npm ci && node wecom_vectors.cjs > ../wecom_vectors.json (the same bytes every time).
const crypto = require('crypto');
const { encrypt, getSignature } = require('@wecom/crypto');

const corp = 'ww5d1e0c7a94b2f386';
const token = 'Lantern7Quill';
const key = crypto.createHash('sha256').update('an invented EncodingAESKey').digest('base64').slice(0, 43);
const timestamp = '1772677200'; // 2026-03-05 10:20 in Shanghai
let count = 0;

function vector(message, receiver = corp) {
  count += 1;
  const nonce = String(9000000 + count);
  const salt = crypto.createHash('md5').update(`salt ${count}`).digest();
  const sealed = encrypt(key, message, receiver, salt);
  return { message, receiver, timestamp, nonce, encrypt: sealed, signature: getSignature(token, timestamp, nonce, sealed) };
}

function xml(type, fields, id) {
  const head = { ToUserName: corp, FromUserName: 'lihui', CreateTime: Number(timestamp), MsgType: type, ...fields };
  if (id) head.MsgId = id;
  head.AgentID = 1000007;
  const parts = Object.entries(head).map(([name, value]) =>
    typeof value === 'number' ? `<${name}>${value}</${name}>` : `<${name}><![CDATA[${value}]]></${name}>`);
  return `<xml>${parts.join('')}</xml>`;
}

const vectors = {
  text: vector(xml('text', { Content: '签到 🎉' }, '7301442190000000001')),
  markup: vector(xml('text', { Content: '<!DOCTYPE x> &amp; <b>' }, '7301442190000000002')),
  control: vector(xml('text', { Content: 'a\u0000b\u0008c\u001fd' }, '7301442190000000003')),
  image: vector(xml('image', { PicUrl: 'http://example.org/p.jpg', MediaId: 'M1' }, '7301442190000000004')),
  voice: vector(xml('voice', { MediaId: 'M2', Format: 'amr' }, '7301442190000000005')),
  location: vector(xml('location', { Location_X: 31.2304, Location_Y: 121.4737, Scale: 16, Label: '党员活动室' }, '7301442190000000006')),
  click: vector(xml('event', { Event: 'click', EventKey: '帮助' })),
  subscribe: vector(xml('event', { Event: 'subscribe', EventKey: '' })),
  enter: vector(xml('event', { Event: 'enter_agent', EventKey: '' })),
  unsubscribe: vector(xml('event', { Event: 'unsubscribe', EventKey: '' })),
  echo: vector('5927843350134587123'),
  other_receiver: vector(xml('text', { Content: '签到' }, '7301442190000000007'), 'ww0000000000000000'),
  no_receiver: vector(xml('text', { Content: '签到' }, '7301442190000000008'), ''),
  entity: vector('<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + xml('text', { Content: '签到' }, '7301442190000000009')),
  inner_entity: vector('<xml><FromUserName>lihui</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>&xxe;</Content></xml>'),
  empty_root: vector('<xml/>'),
  other_root: vector('<html>hello</html>'),
  no_xml: vector('hello'),
  lengths: Array.from({ length: 65 }, (_, n) => vector('x'.repeat(n))),
};
process.stdout.write(`${JSON.stringify({ corp, token, key, vectors }, null, 1)}\n`);
