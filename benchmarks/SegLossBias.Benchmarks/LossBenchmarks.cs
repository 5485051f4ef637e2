using BenchmarkDotNet.Attributes;
using SegLossBias.Benchmarks.Cases;
using SegLossBias.Benchmarks.Eager;
using SegLossBias.Benchmarks.Measuring;

namespace SegLossBias.Benchmarks;

/// <summary>
/// Every loss of the paper, by its name in <see cref="LossFactory"/>, against cross_entropy of libtorch, the operations of
/// the paper's code and, for DiceCE, MONAI's, on the same float32 logits.
/// </summary>
public class LossBenchmarks
{
    private Scene _scene = null!;
    private Implementation _candidate = null!;
    private Implementation _crossEntropy = null!;
    private Implementation _reference = null!;
    private Implementation _monai = null!;

    [ParamsSource(nameof(Shapes))]
    public string Shape { get; set; } = "";

    [ParamsSource(nameof(Losses))]
    public string Loss { get; set; } = "";

    [Params(false, true)]
    public bool Backward { get; set; }

    public static IEnumerable<string> Shapes => Cases.Shape.Names;

    public static IEnumerable<string> Losses => ReferenceLosses.Names;

    [GlobalSetup]
    public void Prepare()
    {
        _scene = new Scene(Cases.Shape.Parse(Shape), Backward);
        _candidate = Implementation.Candidate(Loss);
        _crossEntropy = Implementation.CrossEntropy();
        _reference = Implementation.Reference(Loss);
        _monai = Implementation.Monai();
        Agreement.Demand(Loss, _candidate, _reference, _scene);
    }

    [GlobalCleanup]
    public void Free()
    {
        _scene.Dispose();
        _candidate.Dispose();
        _crossEntropy.Dispose();
        _reference.Dispose();
        _monai.Dispose();
    }

    [Benchmark(Baseline = true, Description = "cross_entropy")]
    public void CrossEntropy() => _crossEntropy.Evaluate(_scene);

    [Benchmark(Description = "fused")]
    public void Fused() => _candidate.Evaluate(_scene);

    [Benchmark(Description = "reference")]
    public void Reference() => _reference.Evaluate(_scene);

    [Benchmark(Description = "monai")]
    public void Monai() => _monai.Evaluate(_scene);
}
