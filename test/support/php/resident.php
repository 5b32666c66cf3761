<?php
/*
 * Runs the other programs of this folder, each in a fork of this process: PHP takes many times longer to start than
 * one of them to do its work.
 *
 * Standard input: a line of JSON for each run, {"program": "helpspot.php", "jobs": [...]}; the program finds $jobs.
 * Standard output: a line of JSON for each, {"status": 0, "output": "..."}: how the program ended, and what it wrote
 * to its own standard output (in base64).
 */

ini_set('display_errors', 'stderr');
ini_set('memory_limit', '512M');

while (($line = fgets(STDIN)) !== false) {
    $child = pcntl_fork();
    if ($child === 0) {
        ['program' => $program, 'jobs' => $jobs] = json_decode($line, true, 1024, JSON_THROW_ON_ERROR);
        // What a program wrote that came to a bad end is no line of ours.
        ob_start(fn () => '');
        include __DIR__ . '/' . $program;
        $output = base64_encode(ob_get_clean());
        fwrite(STDOUT, json_encode(['status' => 0, 'output' => $output]) . "\n");
        // At once: an orderly end would touch, and so copy, all of the memory that it shares with us.
        posix_kill(posix_getpid(), SIGUSR1);
    }
    pcntl_waitpid($child, $status);
    if (pcntl_wifexited($status) || pcntl_wtermsig($status) !== SIGUSR1) {
        $ended = pcntl_wifexited($status) ? pcntl_wexitstatus($status) : pcntl_wtermsig($status);
        fwrite(STDOUT, json_encode(['status' => $ended, 'output' => '']) . "\n");
    }
}
