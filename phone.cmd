@echo off
rem The one command: phone --help. Finds Node and hands over to apps\gateway\phone\main.mjs, which does the rest.
setlocal
set "PHONE_AS=%~n0"
set "main=%~dp0apps\gateway\phone\main.mjs"
if not exist "%main%" set "main=%~dp0files\apps\gateway\phone\main.mjs"
where node >nul 2>nul && goto run
echo llc-phone needs Node 22.18 or later with npm: install it from https://nodejs.org, then run this again. 1>&2
exit /b 1
:run
node "%main%" %*
exit /b %errorlevel%
