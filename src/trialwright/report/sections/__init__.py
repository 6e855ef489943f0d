"""What each part of a report says, worded: from the report's facts to blocks that both doors print."""
