# Changes the corpus that is here, for a tool to find out and pack.
umask 022
rm gone; rm -r gone-dir hidden file-later; rm dir-later empty
mkdir hidden; echo x >hidden/new; echo x >file-later; mkdir dir-later; echo x >dir-later/x
mkdir -p more/a/b; echo x >more/a/b/c; mkfifo more/fifo; ln -s ../file more/link
echo pair >more/p; ln more/p more/q; ln file file-too
rm -r link-later; ln -s modes-too link-later
rm links/c; ln links/e links/i
mv modes modes-too; mv owners/1000.file more
chmod 4711 owners/1.file; chown 65535:12 both; chmod 6755 both; chown -h 3:4 link
touch -d '1969-07-20 20:17:40' attributes/file attributes; touch -d '2040-01-01' names
rm -r names/d*; mv 'names/new
line' names/ünïcödé more
