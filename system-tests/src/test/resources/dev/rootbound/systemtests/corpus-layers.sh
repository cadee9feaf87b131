# Makes the directories 1, 2, 3 here: layers with whatever layers may hold, whiteouts as files.
# As root, with GNU tools, on a file system that has extended attributes and times before 1970.
umask 022

mkdir -p 1/corpus && cd 1/corpus
echo one >file; : >empty; echo x >gone; echo x >dir-later; echo x >both
mkdir -p gone-dir/a/b hidden/deep file-later/sub link-later; echo x >link-later/x
echo x >gone-dir/a/b/c; echo x >hidden/y; echo x >hidden/deep/x; echo x >file-later/sub/x
ln -s file link; ln -s /no/such/place dangling
mkfifo -m 640 fifo; mknod null c 1 3; mknod disk b 7 0
mkdir links
echo linked >links/a; ln links/a links/b; ln links/a links/c
echo pair >links/d; ln links/d links/e
ln -s x links/s1; ln links/s1 links/s2; mkfifo links/f; ln links/f links/g
truncate -s 5M sparse; printf middle | dd of=sparse bs=1 seek=2000000 conv=notrunc status=none
truncate -s 1M hole
mkdir modes
for mode in 0 400 1755 2755 4755 6711 7777; do
    echo x >modes/f$mode; chmod $mode modes/f$mode
    mkdir modes/d$mode; chmod $mode modes/d$mode
done
mkdir owners
for owner in 1:0 0:1 1000:50 65534:65534 65535:65535; do
    name=owners/${owner%:*}
    echo x >$name.file; mkdir $name.dir; ln -s x $name.link; mkfifo $name.fifo
    chown -h $owner $name.*
done
chown 33:65535 owners/0.file; chmod 6755 owners/0.file
mkdir attributes; echo x >attributes/file
for file in attributes attributes/file; do
    setfattr -n user.text -v text $file; setfattr -n user.binary -v 0x00ff0a3d80 $file
    setfattr -n user.ünï -v x $file
done
setfattr -n user.big -v $(printf 'v%.0s' $(seq 2000)) attributes/file
cp /bin/true attributes/capable; chown 5:5 attributes/capable
setcap cap_net_raw,cap_sys_admin+ep attributes/capable
mkdir names && cd names
touch 'a space' -- '-dash' 'back\slash' ünïcödé 日本語 '*' '"' '#x' 'x=y' .wh ... '.. ..x' $(printf 'n%.0s' $(seq 255))
for bytes in '\001' 'new\nline' 'e\314\201' 'latin\351'; do touch "$(printf "$bytes")"; done
ln -s $(printf 't%.0s' $(seq 4000)) long-target; ln -s "$(printf 'latin\351')" latin-target
long=$(printf 'd%.0s' $(seq 200)); mkdir -p $long/$long/$long
echo x >$long/$long/$long/file; ln $long/$long/$long/file $long/$long/$long/linked
cd ..
mkdir times
for time in -1 -14182940.876543211 -1893456000.5 0 0.000000001 981173106.999999999 2147483648 7258118400.25; do
    echo x >times/f$time; ln -s x times/l$time; mkdir times/d$time
    touch -hd @$time times/?$time
done
touch -d @1000000000.123456789 . links names
cd ../..

mkdir -p 2/corpus && cd 2/corpus
: >.wh.gone; : >.wh.gone-dir; : >.wh.never; : >.wh.both; echo again >both
mkdir hidden; : >hidden/.wh..wh..opq; echo x >hidden/,before-the-mark; echo x >hidden/new
echo x >file-later; mkdir -p dir-later/sub; echo x >dir-later/sub/x; ln -s changed link
mkdir links; : >links/.wh.a; : >links/.wh.g; echo other >links/d
mkdir modes; chmod 1700 modes; chown 7:65535 modes; mkdir owners; echo y >owners/1.file
touch -d @1000000001.5 . links hidden
cd ../..

mkdir -p 3/corpus && cd 3/corpus
echo back >gone; mkdir gone-dir file-later; echo x >gone-dir/z; echo x >file-later/z; ln -s file dir-later
mkdir links; : >links/.wh.b; echo new >links/a; ln links/a links/h
mkdir hidden; : >hidden/.wh.new
touch -d @-5.25 . links
cd ../..
