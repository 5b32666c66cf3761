<?php
/*
 * Behaves as HelpSpot 5.x does with an AJAX selection field: asks by GET, and reads the answer
 * with PHP's XML parser, whose target is ISO-8859-1.
 *
 * Run by run.php, for a list of jobs. Standard output: a JSON list of results, one a job.
 *   {"mode": "ask", "url": "...", "parameters": {...}}
 *   {"mode": "read", "xml": "..."}                        base64; only reads
 * A result is {"status": 200, "options": [{"value": "...", "description": "..."}]}, without a status
 * for an answer that was only read, or {"error": "..."}. Texts are Latin-1 in base64.
 */

ini_set('memory_limit', '512M');

function ask(string $url, array $parameters): array {
    $http = [
        'method' => 'GET',
        'user_agent' => 'HelpSpot HTTP Service',
        // HelpSpot parses the body whatever the status was.
        'ignore_errors' => true,
        'timeout' => 30,
    ];
    // A query string in the configured address is not merged: a second ? follows.
    $url .= '?' . http_build_query($parameters);
    $body = @file_get_contents($url, false, stream_context_create(['http' => $http]));
    if ($body === false) {
        return ['error' => 'no answer'];
    }
    preg_match('~^HTTP/\S+ (\d+)~', $http_response_header[0], $match);
    return ['status' => (int) $match[1]] + read_options($body);
}

function read_options(string $body): array {
    $options = [];
    $path = [];
    $text = '';
    $parser = xml_parser_create('ISO-8859-1');
    xml_parser_set_option($parser, XML_OPTION_CASE_FOLDING, 0);
    xml_set_element_handler(
        $parser,
        function ($parser, $name) use (&$options, &$path, &$text) {
            $path[] = $name;
            $text = '';
            if ($path === ['ajaxfield', 'option']) {
                $options[] = ['value' => '', 'description' => ''];
            }
        },
        function ($parser, $name) use (&$options, &$path, &$text) {
            if ($path === ['ajaxfield', 'option', $name] && ($name === 'value' || $name === 'description')) {
                $options[count($options) - 1][$name] = base64_encode($text);
            }
            array_pop($path);
        }
    );
    xml_set_character_data_handler($parser, function ($parser, $data) use (&$text) {
        $text .= $data;
    });
    if (!xml_parse($parser, trim($body), true)) {
        return ['error' => 'XML Parser Returned Error: ' . xml_error_string(xml_get_error_code($parser))];
    }
    return ['options' => $options];
}

$results = [];
foreach ($jobs as $job) {
    $results[] = $job['mode'] === 'ask' ? ask($job['url'], $job['parameters']) : read_options(base64_decode($job['xml']));
}
echo json_encode($results, JSON_THROW_ON_ERROR);
