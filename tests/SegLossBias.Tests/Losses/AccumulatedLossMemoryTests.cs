namespace SegLossBias.Tests.Losses;

/// <summary>What an accumulated loss keeps on the managed heap.</summary>
[Collection(nameof(Alone))]
public class AccumulatedLossMemoryTests
{
    private const int Channels = 1024;
    private const int Tiles = 1000;

    /// <summary>A thousand tiles of one image keep no more than one: less than half of two numbers for each channel of each tile.</summary>
    [Fact]
    public void Memory_DoesNotGrowWithTheParts()
    {
        using var scope = NewDisposeScope();
        using var loss = new RceL1Loss();
        var (logits, labels) = (randn([1, Channels, 1], device: CPU), zeros([1, 1], ScalarType.Int64, CPU));
        using var accumulated = new AccumulatedLoss(loss, 1);
        Add(accumulated, logits, labels, 100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Add(accumulated, logits, labels, Tiles);
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(Tiles * Channels * sizeof(double));
        accumulated.Complete().Dispose();
        accumulated.PartsLeft.Should().Be(100 + Tiles);
    }

    private static void Add(AccumulatedLoss accumulated, Tensor logits, Tensor labels, int tiles)
    {
        for (var tile = 0; tile < tiles; tile++)
        {
            accumulated.Add(logits, labels, [0]);
        }
    }
}
