package dev.rootbound.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Programs of a few instructions as ELF files (elf(5)) that need nothing around them: the agent,
 * and one that only tells whose rights it has.
 */
public final class AgentProgram {
    /** Where the agent's request, answer and memory are. */
    static final long MEMORY = 0x4000_0000L;

    private static final int MEMORY_SIZE = 0x10000;
    private static final long CODE = 0x40_0000L;
    private static final int HEADERS = 64 + 3 * 56;
    private static final int READ_EXECUTE = 5;
    private static final int READ_WRITE = 6;
    private static final Pattern LINE = Pattern.compile("    ((?:[0-9a-f]{2} )+).*");

    /** {@code exit(geteuid() == 0 ? 7 : 3)}. */
    private static final String TELLS_ROOT =
            """
                b8 6b 00 00 00           mov eax, 107
                0f 05                    syscall
                bf 07 00 00 00           mov edi, 7
                85 c0                    test eax, eax
                74 05                    je exit
                bf 03 00 00 00           mov edi, 3
                b8 e7 00 00 00           mov eax, 231
                0f 05                    syscall
            """;

    /** How that ends where it is root. */
    static final int IS_ROOT = 7;

    private AgentProgram() {}

    /**
     * The agent as a file that everybody may execute and nobody write.
     *
     * @param directory closed to everybody else, of a file system that programs are executed from
     */
    public static Path install(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(mode("rwx------")));
        var program = directory.resolve("agent");
        var fresh = directory.resolve("agent.new");
        write(fresh, agent(), "r-xr-xr-x");
        return Files.move(fresh, program, StandardCopyOption.ATOMIC_MOVE);
    }

    static void write(Path file, byte[] program, String mode) throws IOException {
        Files.deleteIfExists(file);
        Files.write(file, program);
        Files.setPosixFilePermissions(file, mode(mode));
    }

    private static java.util.Set<java.nio.file.attribute.PosixFilePermission> mode(String text) {
        return PosixFilePermissions.fromString(text);
    }

    static byte[] agent() throws IOException {
        refuseOthers();
        try (var listing = AgentProgram.class.getResourceAsStream("agent-x86_64.txt")) {
            if (listing == null) throw new IOException("agent-x86_64.txt is not in the module");
            return elf(code(new String(listing.readAllBytes(), US_ASCII)));
        }
    }

    static byte[] tellsRoot() throws IOException {
        refuseOthers();
        return elf(code(TELLS_ROOT.indent(0)));
    }

    private static void refuseOthers() throws IOException {
        var architecture = System.getProperty("os.arch", "");
        if (!architecture.equals("amd64")) {
            throw new IOException(
                    "attacks are tried by a program for x86-64, and this host is " + architecture);
        }
    }

    private static byte[] code(String listing) {
        var code = new ByteArrayOutputStream();
        for (var line : listing.split("\n")) {
            var match = LINE.matcher(line);
            if (match.matches()) {
                var hex = match.group(1).strip().replace(" ", "");
                code.writeBytes(HexFormat.of().parseHex(hex));
            }
        }
        return code.toByteArray();
    }

    private static byte[] elf(byte[] code) {
        var file = ByteBuffer.allocate(HEADERS + code.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        file.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64
        file.putLong(CODE + HEADERS).putLong(64).putLong(0).putInt(0);
        file.putShort((short) 64).putShort((short) 56).putShort((short) 3);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        segment(file, 1, READ_EXECUTE, CODE, file.capacity(), file.capacity());
        segment(file, 1, READ_WRITE, MEMORY, 0, MEMORY_SIZE);
        segment(file, 0x6474_e551, READ_WRITE, 0, 0, 0); // PT_GNU_STACK: no executable stack
        return file.put(code).array();
    }

    private static void segment(
            ByteBuffer file, int type, int flags, long address, long inFile, long inMemory) {
        file.putInt(type).putInt(flags).putLong(0).putLong(address).putLong(address);
        file.putLong(inFile).putLong(inMemory).putLong(0x1000);
    }
}
