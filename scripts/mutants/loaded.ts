// What is loaded when it is wanted is loaded before the tests here: otherwise its lists and tables would count as mutants of
// the one test that wants them first, and no other would be asked.
import '../../src/helpspot/latin1.ts';
import '../../src/helpspot/note-markdown.ts';
import '../../src/helpspot/note-plain.ts';
import '../../src/helpspot/sanitise.ts';
