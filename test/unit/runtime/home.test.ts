import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultHome, GATEWAY_SETTINGS, isLoopback, resolveSettings } from '@tessera/runtime';

test('state lives in the data folder of the platform', () => {
  const home = homedir();
  assert.equal(defaultHome({}, 'linux'), join(home, '.local/share/tessera'));
  assert.equal(defaultHome({ XDG_DATA_HOME: '/data' }, 'linux'), '/data/tessera');
  assert.equal(defaultHome({ XDG_DATA_HOME: '' }, 'linux'), join(home, '.local/share/tessera'));
  assert.equal(defaultHome({}, 'darwin'), join(home, 'Library/Application Support/tessera'));
  assert.equal(defaultHome({ LOCALAPPDATA: '/appdata' }, 'win32'), join('/appdata', 'tessera'));
});

test('TESSERA_HOME says where instead', () => {
  const { values } = resolveSettings(GATEWAY_SETTINGS, { argv: [], environment: { TESSERA_HOME: '/srv/tessera' } });
  assert.equal(values.home, '/srv/tessera');
});

test('loopback is what only this machine reaches', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.example.com', 'gateway']) assert.ok(!isLoopback(host), host);
});
