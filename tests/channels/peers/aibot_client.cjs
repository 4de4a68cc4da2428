// The official client of WeCom's AI bots, run against our server: it answers a text, a click, and sends of its own.
// Prints what it saw, one JSON array a line; ends when it has sent.
const { WSClient } = require('@wecom/aibot-node-sdk');
const quiet = () => {};
const client = new WSClient({
  botId: process.argv[3], secret: process.argv[4], wsUrl: process.argv[2],
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
});
const told = (...words) => console.log(JSON.stringify(words));
client.on('authenticated', () => told('authenticated'));
client.on('message.text', async (frame) => {
  told('text', frame.body.text.content, frame.body.chatid);
  const answer = await client.replyStream(frame, 's1', '已签到 1/12', true);
  told('answered', answer.errcode);
});
client.on('event.template_card_event', async (frame) => {
  told('click', frame.body.from.userid, frame.body.event.task_id);
  const card = { card_type: 'button_interaction', sub_title_text: '已签到 2/12', task_id: frame.body.event.task_id };
  told('updated', (await client.updateTemplateCard(frame, card)).errcode);
  const media = await client.uploadMedia(Buffer.alloc(1200000, 7), { type: 'file', filename: '台账.xlsx' });
  told('uploaded', media.media_id);
  told('sent', (await client.sendMessage('C1', { msgtype: 'markdown', markdown: { content: 'hi' } })).errcode);
  client.disconnect();
  process.exit(0);
});
client.connect();
