import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { openClassicCampfire } from './source.ts';

describe('the classic Campfire', () => {
  it('gets text, as one paste, and signs in once', async () => {
    const { running, target } = await openClassicCampfire();
    const receipt = await target.push(pushRequest({ body: 'a & b=c\n<i>' }), context());
    await target.push(pushRequest(), context());
    expect(receipt).toEqual({ id: '5001', link: `${running.url}/room/182650` });
    expect(running.messages[0]).toEqual({
      paste: true,
      text: 'Printer on fire\na & b=c\n<i>\n\nHelpSpot request 12400: https://help.example.com/admin?pg=request&reqid=12400',
    });
    expect(running).toMatchObject({ logins: 1, messages: { length: 2 } });
    expect(target.findPush).toBeUndefined();
    expect(await target.details?.(receipt.id, context())).toMatchObject({ link: receipt.link });
  });

  it('gets any text unchanged', async () => {
    const { running, target } = await openClassicCampfire();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 80 }), async (text) => {
        running.messages.length = 0;
        await target.push(pushRequest({ title: `t${text}`, body: `b${text}b`, link: undefined }), context());
        const legal = text
          .replace(/\r\n?/g, '\n')
          .replace(/[^\P{Cc}\n\t]/gu, '')
          .toWellFormed();
        expect(running.messages).toEqual([{ paste: true, text: `t${legal}\nb${legal}b` }]);
      }),
      runs(60),
    );
  });

  it('is signed in to again when the session has ended', async () => {
    const { running, target } = await openClassicCampfire();
    await target.push(pushRequest(), context());
    running.forgetSessions();
    await target.push(pushRequest(), context());
    expect(running).toMatchObject({ logins: 2, messages: { length: 2 } });
  });

  it('uses our reference as the id when it names none', async () => {
    const { running, target } = await openClassicCampfire();
    await target.check(context());
    running.standIn.faults = [{ status: 200, body: '' }];
    const request = pushRequest();
    expect(await target.push(request, context())).toMatchObject({ id: request.reference });
  });

  it('refuses a wrong password, an unknown room, and a login that breaks off: nothing was said', async () => {
    const { target: stranger } = await openClassicCampfire({ password: 'a wrong secret' });
    const refused = await failureOf(stranger.push(pushRequest(), context()));
    expect(refused).toMatchObject({ kind: 'unauthorized' });
    expect(JSON.stringify([refused.message, stranger.log.lines])).not.toContain('a wrong secret');
    const { target: lost } = await openClassicCampfire({ room: 1 });
    expect(await failureOf(lost.check(context()))).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('room 1'),
    });
    const { running, target } = await openClassicCampfire();
    running.standIn.faults = ['cut-after'];
    expect(surelyNotDone(await failureOf(target.push(pushRequest(), context())))).toBe(true);
  });

  it('leaves it open whether a message was said when the answer is lost', async () => {
    const { running, target } = await openClassicCampfire();
    await target.check(context());
    running.standIn.faults = ['cut-after'];
    expect(surelyNotDone(await failureOf(target.push(pushRequest(), context())))).toBe(false);
    expect(running.messages).toHaveLength(1);
  });
});
