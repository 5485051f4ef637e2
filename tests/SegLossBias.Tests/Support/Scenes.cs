namespace SegLossBias.Tests.Support;

/// <summary>A small batch: logits and labels in row-major order, from plain numbers, so that a failing one can be replayed from its seed.</summary>
internal sealed record Scene(SegmentationMode Mode, long[] Shape, double[] Logits, long[] Labels)
{
    internal const long Ignore = 255;

    /// <summary>Soft labels [N,K,V] in place of the labels; null where those are hard.</summary>
    internal double[]? Soft { get; init; }

    /// <summary>Weights of the pixels, [N,V], in multilabel mode also [N,K,V]; null for 1.</summary>
    internal double[]? Weights { get; init; }

    /// <summary>Maps [N,K,V] by name.</summary>
    internal IReadOnlyDictionary<string, double[]> Maps { get; init; } = new Dictionary<string, double[]>();

    /// <summary>The instances, laid out as the labels, 0 for none; null where there are no instances.</summary>
    internal long[]? Instances { get; init; }

    /// <summary>The label of pixels to leave out. Labels that are no class are left out too.</summary>
    internal long? Ignored { get; init; } = Ignore;

    internal long Images => Shape[0];

    internal long Classes => Shape[1];

    internal long Pixels => Shape[2..].Aggregate(1L, (product, size) => product * size);

    /// <summary>B of one image: in multilabel mode each channel has as many as the one with the most.</summary>
    internal long InstanceCount => (Instances?.Max() ?? 0) * (Mode == SegmentationMode.Multilabel ? Classes : 1);

    internal long[] LabelShape => Mode == SegmentationMode.Multilabel ? Shape : [Shape[0], .. Shape[2..]];

    /// <summary>The numbers themselves: what CsCheck prints of a failing scene.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Mode} [{string.Join(", ", Shape)}] logits [{string.Join(", ", Logits.Select(z => z.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}] labels [{string.Join(", ", Labels)}]");

    internal Tensor LogitsTensor(ScalarType dtype = ScalarType.Float64) => tensor(Logits, Shape).to(dtype);

    internal Tensor TargetTensor(ScalarType dtype = ScalarType.Int64) => tensor(Labels, LabelShape).to(dtype);

    /// <summary>What a pixel weighs in a channel: 0 where it is ignored.</summary>
    internal double Weight(long image, long k, long pixel)
    {
        var isIgnored = Soft is null
            ? Label(image, k, pixel) is var label && (label == Ignored || label < 0 || label >= (Mode == SegmentationMode.Multiclass ? Classes : 2))
            : IsIgnored(image, k, pixel);
        return isIgnored ? 0
            : Weights is null ? 1
            : Weights[((Weights.Length == Logits.Length ? (image * Classes) + k : image) * Pixels) + pixel];
    }

    /// <summary>How far a pixel that is not ignored is of a class, 0 to 1.</summary>
    internal double Membership(long image, long k, long pixel) =>
        Soft is not null ? Soft[At(image, k, pixel)] : Label(image, k, pixel) == (Mode == SegmentationMode.Multiclass ? k : 1) ? 1 : 0;

    /// <summary>The instance of a pixel in a channel as the library numbers it, or -1.</summary>
    internal long Instance(long image, long k, long pixel)
    {
        if (Instances is null || Weight(image, k, pixel) == 0)
        {
            return -1;
        }

        var isMultilabel = Mode == SegmentationMode.Multilabel;
        var id = Instances[((isMultilabel ? (image * Classes) + k : image) * Pixels) + pixel];
        return id == 0 ? -1 : (isMultilabel ? k * Instances.Max() : 0) + id - 1;
    }

    internal long At(long image, long k, long pixel) => (((image * Classes) + k) * Pixels) + pixel;

    /// <summary>One image by itself, with all that the scene has of it.</summary>
    internal Scene Image(int image)
    {
        T[] Own<T>(T[] numbers) => numbers[(image * numbers.Length / (int)Images)..((image + 1) * numbers.Length / (int)Images)];
        return this with
        {
            Shape = [1, .. Shape[1..]], Logits = Own(Logits), Labels = Own(Labels), Soft = Soft is null ? null : Own(Soft), Weights = Weights is null ? null : Own(Weights),
            Instances = Instances is null ? null : Own(Instances), Maps = Maps.ToDictionary(map => map.Key, map => Own(map.Value)),
        };
    }

    private long Label(long image, long k, long pixel) => Labels[Mode == SegmentationMode.Multilabel ? At(image, k, pixel) : (image * Pixels) + pixel];

    /// <summary>A pixel of exclusive classes is ignored where all its channels are, another entry by itself.</summary>
    private bool IsIgnored(long image, long k, long pixel) => Soft![At(image, Mode == SegmentationMode.Multiclass ? 0 : k, pixel)] == Ignored;

    /// <summary>The target with all that the scene has.</summary>
    /// <param name="dtype">Of soft labels, weights and maps.</param>
    internal SegmentationTarget Target(ScalarType dtype = ScalarType.Float64)
    {
        var target = new SegmentationTarget(Soft is null ? TargetTensor() : tensor(Soft, Shape).to(dtype));
        target = Weights is null ? target : target.WithPixelWeights(tensor(Weights, Weights.Length == Logits.Length && Mode == SegmentationMode.Multilabel ? Shape : [Shape[0], .. Shape[2..]]).to(dtype));
        target = Instances is null ? target : target.WithInstances(tensor(Instances, LabelShape).to(ScalarType.Int32));
        return Maps.Aggregate(target, (partial, map) => partial.WithMap(map.Key, tensor(map.Value, Shape).to(dtype)));
    }

    internal (double Value, double[] Gradient) Evaluate(SegmentationLoss loss, double upstream = 1)
    {
        using var scope = NewDisposeScope();
        return Evaluation.Scalar(loss, LogitsTensor(), Target(), upstream);
    }
}

/// <summary>Random scenes.</summary>
internal static class Scenes
{
    /// <summary>Spatial ranks 1 to 3, 1 to 3 images, uneven sizes.</summary>
    internal static Gen<Scene> Any(SegmentationMode mode, bool withIgnored = false, double spread = 3) =>
        from images in Gen.Long[1, 3]
        from classes in mode switch { SegmentationMode.Multiclass => Gen.Long[2, 5], SegmentationMode.Binary => Gen.Const(1L), _ => Gen.Long[1, 3] }
        from space in Gen.Long[1, 4].Array[1, 3]
        let shape = (long[])[images, classes, .. space]
        let pixels = images * space.Aggregate(1L, (product, size) => product * size)
        let labels = mode == SegmentationMode.Multilabel ? pixels * classes : pixels
        from logits in Gen.Double[-spread, spread].Array[(int)(pixels * classes)]
        from truth in Label(mode == SegmentationMode.Multiclass ? classes - 1 : 1, withIgnored).Array[(int)labels]
        select new Scene(mode, shape, logits, truth);

    private static Gen<long> Label(long last, bool withIgnored) =>
        withIgnored ? Gen.Frequency((4, Gen.Long[0, last]), (1, Gen.Const(Scene.Ignore))) : Gen.Long[0, last];

    /// <summary>The same random scene in every run.</summary>
    internal static Scene Fixed(SegmentationMode mode, long[] shape, int seed = 1, double spread = 3, double ignored = 0)
    {
        var random = new Random(seed);
        var classes = shape[1];
        var pixels = shape[0] * shape[2..].Aggregate(1L, (product, size) => product * size);
        var labels = mode == SegmentationMode.Multilabel ? pixels * classes : pixels;
        var last = mode == SegmentationMode.Multiclass ? classes : 2;
        return new Scene(
            mode,
            shape,
            [.. Enumerable.Range(0, (int)(pixels * classes)).Select(_ => spread * ((2 * random.NextDouble()) - 1))],
            [.. Enumerable.Range(0, (int)labels).Select(_ => random.NextDouble() < ignored ? Scene.Ignore : random.NextInt64(last))]);
    }

    /// <summary>A usual shape of each mode: 2 images, 3 channels (1 in binary mode).</summary>
    internal static Scene Usual(SegmentationMode mode, int seed = 1, double ignored = 0) =>
        Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 4, 5], seed, ignored: ignored);
}
