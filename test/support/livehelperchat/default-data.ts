/** A small house: three departments, three operators, and the chats of some customers. */
import { addChat, addDepartment, addMessage, addUser, type ChatData, emptyData } from './data.ts';

/** Monday, 2 November 2026, 09:00 UTC. */
export const MORNING = Date.UTC(2026, 10, 2, 9) / 1000;
const DAY = 86_400;

/** Made anew for each test. */
export function defaultData(): ChatData {
  const data = emptyData();
  addDepartment(data, {
    id: 2,
    name: 'Sales',
    email: 'sales@example.com',
    identifier: 'sales',
    pending_chats_counter: 2,
  });
  addDepartment(data, { id: 3, name: 'Old stock', disabled: 1, hidden: 1 });
  const [rest] = data.users;
  rest?.departments.push(2, 3);
  addUser(data, {
    ...{ id: 2, username: 'tina', name: 'Tina', surname: 'Andrews', chat_nickname: 'Tina A.', job_title: 'Support' },
    ...{ departments: [1], active: true },
  });
  addUser(data, { id: 3, username: 'henry', name: 'Henry', surname: 'Yount', departments: [2] });
  addUser(data, {
    id: 4,
    username: 'gone',
    name: 'Gina',
    surname: 'Gone',
    departments: [2],
    disabled: 1,
    active: true,
  });

  const first = addChat(data, {
    ...{ id: 5388, nick: 'Bob Smith', email: 'bob.smith@example.com', phone: '(845) 555-4278', status: 2, user_id: 2 },
    ...{ time: MORNING, pnd_time: MORNING, wait_time: 12, chat_duration: 340, cls_time: MORNING + 360 },
    ...{ country_code: 'us', country_name: 'United States', city: 'Monroe', remarks: 'asked for an invoice' },
    additional_data: JSON.stringify([
      { identifier: 'order', key: 'Order', value: '4711', h: false },
      { identifier: 'pin', key: 'PIN', value: '9999', secure: true },
    ]),
  });
  addMessage(data, first, 0, 'Where is my [b]invoice[/b]?');
  addMessage(data, first, -1, 'Tina Andrews has accepted the chat!');
  addMessage(data, first, 2, 'It is on its way.\nAnything else?', 'Tina A.');
  addMessage(data, first, 0, 'This is the order: [file=17_0a1b2c3d4e]');

  const second = addChat(data, {
    ...{ id: 5401, nick: 'bob', email: 'Bob.Smith@example.com', status: 2, user_id: 3, dep_id: 2 },
    ...{ time: MORNING + 2 * DAY, chat_duration: 60, cls_time: MORNING + 2 * DAY + 65 },
  });
  addMessage(data, second, -2, 'Hello, I am the bot.', 'Botty');
  addMessage(data, second, 0, 'I want to talk to a person.');
  addMessage(data, second, 3, 'Here I am.');

  const open = addChat(data, {
    ...{ id: 5377, nick: 'Bob Smith', phone: '+18455554278', status: 1, user_id: 2, time: MORNING - DAY },
  });
  addMessage(data, open, 0, 'Still waiting.');
  addChat(data, {
    id: 5410,
    nick: 'Zoë Müller',
    email: 'zoe@example.com',
    status: 0,
    dep_id: 2,
    time: MORNING + 3 * DAY,
  });
  addChat(data, {
    id: 5411,
    nick: 'Zoë Müller',
    email: 'zoe@example.com',
    status: 5,
    time: MORNING + 3 * DAY,
    gbot_id: 1,
  });
  return data;
}
