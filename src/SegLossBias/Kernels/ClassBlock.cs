namespace SegLossBias;

/// <summary>How many classes are added up at a time.</summary>
internal static class ClassBlock
{
    /// <summary>
    /// In float32 the error of a sum is then at most 24 + K/24 half units in the last place, 2e-6 for 200 classes, and that only where
    /// every addition is rounded the same way. Fewer classes go without the cost of blocks.
    /// </summary>
    private const int Most = 24;

    /// <summary>Blocks of about equal length.</summary>
    internal static int Length(int classes)
    {
        var blocks = (classes + Most - 1) / Most;
        return (classes + blocks - 1) / blocks;
    }
}
