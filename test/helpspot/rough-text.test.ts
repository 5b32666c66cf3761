import { describe, expect, it } from 'vitest';
import { roughText, shortened } from '../../src/helpspot/rough-text.ts';

describe('the text of HTML that is too much', () => {
  it.each([
    ['<p>a</p><p>b</p> <p>c', 'a\nb\nc'],
    ['a<br>b<hr>c<BR/>d<br >e', 'a\nb\nc\nd\ne'],
    ['<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4><h5>e</h5><h6>f</h6>g<h1>h', 'a\nb\nc\nd\ne\nf\ngh'],
    ['<td>a</td><td>b</td><th>c</th>d', 'a b c d'],
    ['<b>a</b><i>b</i><P title="x">c</P>d', 'abc\nd'],
    ['<div>b</div>c<tr>d</tr>e<li>f</li>g</table>h<blockquote>i</blockquote>j<pre>k</pre>l', 'b\ncd\nef\ng\nhi\njk\nl'],
    ['a \t\n\r b &nbsp; c', 'a b c'],
    ['a<br> <br><br><br>b', 'a\n\nb'],
    ['&lt;b&gt; &amp;lt; &quot;&#39;', `<b> &lt; "'`],
    ['1 < 2 > 1', '1 < 2 > 1'],
    // What people do not see.
    ['<STYLE a>x</STYLE >b<script>c</script>d<title>e</title>f<template><p>g</p></template>h', 'bdfh'],
    ['<!-- a --><!-- b -->c<!-->d-->e', 'cd-->e'],
    ['<style>x</script>y</style>z<stylex>a</stylex>', 'za'],
    ['<style>a<style>b</style>c<script>d<style>e</style>f<script>g</script>h', 'ch'],
    ['<script>a<style>b<script>c<!-- d --> e', 'abc e'],
    ['x;base64,AB+/9z==" y;base64,', 'x" y;base64,'],
  ])('%j is %j', (html, text) => {
    expect(roughText(html)).toBe(text);
  });

  it('is read up to a limit, and what is left out is said', () => {
    expect(roughText('<p>abcdef', 6)).toBe('abc [3 more characters are left out]');
    expect(roughText('<p>abc', 6)).toBe('abc');
  });
});

it.each([
  ['abc', 3, 'abc'],
  ['abc', 2, 'ab\n\n[1 more characters are left out]'],
  ['abc', 0, '[3 more characters are left out]'],
  ['', 0, ''],
  ['a😀', 2, 'a\ufffd\n\n[1 more characters are left out]'],
])('%j of at most %d characters is %j', (text, most, written) => {
  expect(shortened(text, most)).toBe(written);
});
