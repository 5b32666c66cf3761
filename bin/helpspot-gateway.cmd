@echo off
rem The gateway, for Windows: helpspot-gateway serve --config=C:\ProgramData\helpspot-gateway\gateway.yaml
node "%~dp0helpspot-gateway" %*
