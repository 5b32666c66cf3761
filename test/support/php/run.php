<?php
/*
 * Runs another program of this folder. Standard input: {"program": "helpspot.php", "jobs": [...]}; the program finds $jobs.
 * Standard output: what the program writes.
 */

ini_set('display_errors', 'stderr');
ini_set('memory_limit', '512M');

['program' => $program, 'jobs' => $jobs] = json_decode(stream_get_contents(STDIN), true, 1024, JSON_THROW_ON_ERROR);
include __DIR__ . '/' . $program;
