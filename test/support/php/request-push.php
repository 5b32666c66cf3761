<?php
/*
 * Behaves as HelpSpot with a file of custom_code/: defines cBASEPATH, includes the file for every
 * job anew, makes an object of the class and calls it (manual, chapter 2.2).
 *
 * Run by run.php, for a list of jobs. Standard output: a JSON list of results, one a job.
 *   {"file": "...", "name": "FogBugz", "push": {...}}       the request array; {"$bytes": "base64"} stands for a string
 *   {"file": "...", "name": "FogBugz", "details": "id"}
 * A result is {"returned": null | "...", "error": "...", "complaints": [...]}, texts in base64;
 * complaints are what PHP itself said: warnings, notices, deprecations.
 */

error_reporting(E_ALL);
ini_set('memory_limit', '256M');
define('cBASEPATH', __DIR__);

$complaints = [];
set_error_handler(function ($level, $message) use (&$complaints) {
    $complaints[] = $message;
    return true;
});

function with_bytes($value)
{
    if (!is_array($value)) {
        return $value;
    }
    if (array_keys($value) === ['$bytes']) {
        return base64_decode($value['$bytes']);
    }
    $result = [];
    foreach ($value as $key => $item) {
        $result[$key] = with_bytes($item);
    }
    return $result;
}

$results = [];
foreach ($jobs as $job) {
    $complaints = [];
    include $job['file'];
    $class = 'RequestPush_' . $job['name'];
    $object = new $class();
    $returned = isset($job['push']) ? $object->push(with_bytes($job['push'])) : $object->details($job['details']);
    $results[] = [
        'returned' => $returned === null ? null : base64_encode($returned),
        'error' => base64_encode($object->errorMsg),
        'complaints' => $complaints,
    ];
}
echo json_encode($results, JSON_THROW_ON_ERROR);
