/**
 * The product as a user has it: {@code ./rootbound}, the stock {@code docker} CLI, a real kernel.
 * Never looks inside the engine; what it knows comes from the two clients and from the kernel.
 * Start with {@link dev.rootbound.systemtests.WhoIsRootTest}; the harness starts at {@link
 * dev.rootbound.systemtests.Target}.
 */
@NullMarked
package dev.rootbound.systemtests;

import org.jspecify.annotations.NullMarked;
