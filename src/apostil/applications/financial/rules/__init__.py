"""What is true of financial reports in general: numbers, periods, scales and titles as printed."""
