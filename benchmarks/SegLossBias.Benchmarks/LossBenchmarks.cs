using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks;

/// <summary>
/// Each loss, by its name in <see cref="LossFactory"/>, against cross_entropy of libtorch on the same float32 logits.
/// The allocations shown are managed memory alone; libtorch's are not seen.
/// </summary>
[MemoryDiagnoser]
public class LossBenchmarks
{
    private Tensor _logits = null!;
    private Tensor _target = null!;
    private SegmentationLoss _loss = null!;

    [ParamsSource(nameof(Shapes))]
    public string Shape { get; set; } = "";

    [ParamsSource(nameof(Losses))]
    public string Loss { get; set; } = "";

    [Params(false, true)]
    public bool Backward { get; set; }

    public static IEnumerable<string> Shapes => ["8x2x512x512", "2x150x128x128", "2x4x64x64"];

    /// <summary>One of each set of statistics, and the compounds that share them. Any name of the factory will do.</summary>
    public static IEnumerable<string> Losses => ["CE", "Focal", "Dice", "L1", "RCE(L1)", "RCE(KL)", "LogDiceCE"];

    [GlobalSetup]
    public void Prepare()
    {
        random.manual_seed(1);
        long[] shape = [.. Shape.Split('x').Select(long.Parse)];
        _logits = randn(shape, requires_grad: Backward);
        _target = randint(0, shape[1], [shape[0], .. shape[2..]], int64);
        _loss = LossFactory.Create(Loss);
    }

    [GlobalCleanup]
    public void Free()
    {
        _logits.Dispose();
        _target.Dispose();
        _loss.Dispose();
    }

    [Benchmark(Baseline = true, Description = "cross_entropy")]
    public void CrossEntropy() => Evaluate((logits, target) => nn.functional.cross_entropy(logits, target));

    [Benchmark(Description = "loss")]
    public void Library() => Evaluate((logits, target) => _loss.call(logits, target));

    private void Evaluate(Func<Tensor, Tensor, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        var value = loss(_logits, _target);
        if (Backward)
        {
            value.backward();
            _logits.grad = null;
        }
    }
}
