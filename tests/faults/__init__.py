"""Real processes, real kills, real small disks. RUNTIDE_FAULT_ROUNDS says how many rounds."""
