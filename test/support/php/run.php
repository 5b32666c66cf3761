<?php
/*
 * Runs another program of this folder, for a request to PHP's own web server: its body is
 * {"program": "helpspot.php", "jobs": [...]}, and the program finds $jobs. The answer is what the program writes.
 */

ini_set('memory_limit', '512M');

['program' => $program, 'jobs' => $jobs] = json_decode(file_get_contents('php://input'), true, 1024, JSON_THROW_ON_ERROR);
include __DIR__ . '/' . $program;
