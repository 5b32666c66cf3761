@echo off
rem Command-line Live Lookup, for Windows. Its exit status is that of node.
node "%~dp0livelookup.cjs" %*
