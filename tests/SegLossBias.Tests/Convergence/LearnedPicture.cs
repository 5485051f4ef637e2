namespace SegLossBias.Tests.Convergence;

/// <summary>
/// A tiny net and the picture it shall learn: one embedding from the position of a pixel to its logits, so that any
/// picture can be learnt and no pixel helps another.
/// </summary>
internal sealed class LearnedPicture : IDisposable
{
    private readonly SegmentationMode _mode;
    private readonly Tensor _positions = arange(16, dtype: ScalarType.Int64);
    private readonly TorchSharp.Modules.Embedding _net;

    internal LearnedPicture(SegmentationMode mode, double spread = 0.5)
    {
        _mode = mode;
        Target = tensor(Labels(mode), mode == SegmentationMode.Multilabel ? [1, 3, 4, 4] : [1, 4, 4]);
        _net = nn.Embedding(16, mode == SegmentationMode.Binary ? 1 : 3);

        // Weights fixed by a formula: the same start in every run, some pixels right and some wrong.
        using var start = arange(_net.weight!.numel(), dtype: ScalarType.Float32).mul(7).sin().mul(spread);
        using (no_grad())
        {
            _net.weight.copy_(start.view_as(_net.weight));
        }
    }

    internal Tensor Target { get; }

    /// <summary>[1, K, 4, 4].</summary>
    internal Tensor Logits() => _net.call(_positions).t().reshape(1, -1, 4, 4);

    /// <summary>The labels that the net now predicts.</summary>
    internal long[] Prediction()
    {
        using var scope = NewDisposeScope();
        var labels = _mode == SegmentationMode.Multiclass ? Logits().argmax(1) : Logits().gt(0).to(ScalarType.Int64);
        return labels.reshape(-1).data<long>().ToArray();
    }

    /// <summary>Predicted sizes over the number of pixels, [K], at a temperature.</summary>
    internal double[] PredictedProportions(double temperature = 1)
    {
        using var scope = NewDisposeScope();
        using var regions = RegionStatistics.Compute(Logits(), Target, _mode, null, RegionStatistic.PredictedSize(temperature));
        return regions.PredictedProportion(temperature).detach().reshape(-1).data<double>().ToArray();
    }

    internal double[] TrueProportions()
    {
        using var scope = NewDisposeScope();
        using var regions = RegionStatistics.Compute(Logits(), Target, _mode, null);
        return regions.TargetProportion().reshape(-1).data<double>().ToArray();
    }

    /// <summary>Trains with a rate that shrinks from step to step. Returns the values of the loss.</summary>
    internal List<double> Train(SegmentationLoss loss, int steps, double rate = 0.3, double decay = 1)
    {
        var values = new List<double>();
        using var optimizer = optim.Adam(_net.parameters(), rate);
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var value = loss.call(Logits(), Target);
            value.backward();
            optimizer.step();
            values.Add(value.item<float>());
            optimizer.ParamGroups.Single().LearningRate *= decay;
        }

        return values;
    }

    public void Dispose()
    {
        _net.Dispose();
        _positions.Dispose();
        Target.Dispose();
    }

    /// <summary>Classes of unequal size with corners and holes; channels that overlap in multilabel mode.</summary>
    internal static long[] Labels(SegmentationMode mode) => mode switch
    {
        SegmentationMode.Multiclass => [0, 0, 0, 2, 0, 1, 1, 0, 0, 1, 0, 0, 2, 0, 0, 0],
        SegmentationMode.Binary => [0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        _ => [0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0],
    };
}
