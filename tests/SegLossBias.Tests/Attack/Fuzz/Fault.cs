namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>One thing that is wrong with an input.</summary>
/// <param name="Name">What a report calls it.</param>
/// <param name="Expected">What must come of it.</param>
/// <param name="Break">Breaks the input.</param>
internal sealed record Fault(string Name, Expected Expected, Action<Inputs> Break)
{
    internal static readonly Fault None = new("nothing wrong", Expected.Value, _ => { });

    private static readonly long[] NoLabels = [-1, -100, 300, 70_000, int.MinValue, long.MinValue, long.MaxValue];

    /// <summary>A random one that fits the scene.</summary>
    internal static Fault Draw(Draw draw, Scene scene, bool checksLabels, Reads reads) => draw.Int(0, 5) switch
    {
        0 => OfLogits(draw, scene),
        1 => OfNumbers(draw),
        2 or 3 when scene.Soft is null => draw.OneIn(3) ? OfLabels(draw) : OfOneLabel(draw, scene, checksLabels),
        2 or 3 => OfSoftLabels(draw, scene, checksLabels),
        4 when scene.Weights is not null => OfWeights(draw, checksLabels),
        4 when reads == Reads.Map => OfTheMap(draw),
        4 when reads == Reads.Instances => OfInstances(draw),
        _ => OfLabels(draw),
    };

    internal static Fault OfLogits(Draw draw, Scene scene)
    {
        if (draw.OneIn(4))
        {
            var dtype = draw.One([ScalarType.Int64, ScalarType.Int32, ScalarType.Byte, ScalarType.Bool]);
            return new($"logits {dtype}", Expected.Refusal, inputs => inputs.Logits = inputs.Logits!.to(dtype));
        }

        if (draw.OneIn(6))
        {
            return scene.Mode == SegmentationMode.Multiclass
                ? new("logits of one channel", Expected.Refusal, inputs => inputs.Logits = inputs.Logits!.narrow(1, 0, 1))
                : new("logits of twice the channels", Expected.Refusal, inputs => inputs.Logits = cat([inputs.Logits!, inputs.Logits!], 1));
        }

        var form = draw.One(TensorForm.Unusable);
        return new($"logits {form}", Expected.Refusal, inputs => inputs.Logits = form.Apply(inputs.Logits!));
    }

    /// <summary>NaN or infinity among the logits, anywhere: no number is promised.</summary>
    private static Fault OfNumbers(Draw draw)
    {
        var (value, place) = (draw.One([double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300]), draw.Int(0, 1000));
        return new(FormattableString.Invariant($"logit {value}"), Expected.Either, inputs =>
            inputs.Logits!.view(-1).narrow(0, place % inputs.Logits!.numel(), 1).copy_(tensor(value).to(inputs.Logits!.dtype)));
    }

    private static Fault OfLabels(Draw draw)
    {
        var form = draw.One(TensorForm.Unusable);
        return new($"labels {form}", Expected.Refusal, inputs => inputs.Labels = form.Apply(inputs.Labels!));
    }

    private static Fault OfOneLabel(Draw draw, Scene scene, bool checksLabels)
    {
        var last = scene.Mode == SegmentationMode.Multiclass ? scene.Classes : 2;
        var (label, place) = (draw.One([last, .. NoLabels]), draw.Int(0, 1000));
        return new($"label {label}", scene.Weights is not null ? Expected.Either : checksLabels ? Expected.Refusal : Expected.Value, inputs =>
        {
            inputs.Labels = inputs.Labels!.dim() == scene.LabelShape.Length ? tensor(scene.Labels, scene.LabelShape) : inputs.Labels.to(ScalarType.Int64);
            inputs.Labels.view(-1).narrow(0, place % inputs.Labels.numel(), 1).fill_(label.ToScalar());
        });
    }

    private static Fault OfSoftLabels(Draw draw, Scene scene, bool checksLabels)
    {
        var (value, place) = (draw.One([-0.5, 1.5, 17, double.NaN, double.PositiveInfinity]), draw.Int(0, 1000));
        return new(FormattableString.Invariant($"soft label {value}"), scene.Weights is null && checksLabels ? Expected.Refusal : Expected.Either, inputs =>
        {
            inputs.Labels = inputs.Labels!.clone();
            inputs.Labels.view(-1).narrow(0, place % inputs.Labels.numel(), 1).fill_(value.ToScalar());
        });
    }

    private static Fault OfWeights(Draw draw, bool checksLabels)
    {
        if (draw.OneIn(2))
        {
            var form = draw.One(TensorForm.Unusable.Where(form => form.Name != "null").ToArray());
            return new($"weights {form}", Expected.Refusal, inputs => inputs.Weights = form.Apply(inputs.Weights!));
        }

        var (value, place) = (draw.One([-1e-3, double.NaN, double.PositiveInfinity, double.NegativeInfinity]), draw.Int(0, 1000));
        return new(FormattableString.Invariant($"weight {value}"), checksLabels ? Expected.Refusal : Expected.Either, inputs => inputs.Weights!.view(-1).narrow(0, place % inputs.Weights!.numel(), 1).fill_(value.ToScalar()));
    }

    private static Fault OfTheMap(Draw draw)
    {
        var form = draw.One(TensorForm.Unusable);
        return new($"map {form}", Expected.Refusal, inputs => inputs.Map = form.Apply(inputs.Map!));
    }

    private static Fault OfInstances(Draw draw)
    {
        if (draw.OneIn(3))
        {
            var value = draw.One([-1, 0, 1, 5, 1L << 24, 1L << 40, long.MaxValue, long.MinValue]);
            return new($"instances {value}", Expected.Either, inputs => inputs.Instances = full_like(inputs.Instances!, value.ToScalar(), ScalarType.Int64));
        }

        var form = draw.One(TensorForm.Unusable);
        return new($"instances {form}", Expected.Refusal, inputs => inputs.Instances = form.Apply(inputs.Instances!));
    }
}
