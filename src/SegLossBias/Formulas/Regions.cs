namespace SegLossBias;

/// <summary>The words of a formula: the regions of an image and their statistics, and the epoch at which schedules are read.</summary>
/// <remarks>
/// In multiclass mode the regions are the K classes, which part the image between them. In binary and multilabel mode each
/// of the K channels parts it into a foreground and a background.
/// <code>
/// V_n  the pixels of image n that are not ignored        p = softmax(z) (multiclass), sigmoid(z) (binary, multilabel)
/// w_i  the weight of a pixel, 1 where there are none     y_ik  its label: 1 where y_i = k, else 0; or soft, in [0, 1]
/// </code>
/// </remarks>
public sealed class Regions
{
    private readonly int _classes;

    internal Regions(SegmentationMode mode, int classes, int epoch, int instances = 1)
    {
        (Mode, _classes, Epoch) = (SettingCheck.Defined(mode, nameof(mode)), classes, epoch);
        Foreground = new RegionSet(this, Range(0, classes));
        Background = new RegionSet(this, Range(classes, classes));
        OneVsRest = new RegionSet(this, Range(0, 2 * classes));
        All = mode == SegmentationMode.Multiclass ? Foreground : OneVsRest;
        Instances = new RegionSet(this, Range(2 * classes, instances));
        ValidSizeOfImage = new StatisticFormula(new StatisticSource(null, TargetSizeKind.ValidOfImage, [0], mode, classes), "|V|");
    }

    /// <summary>How the logits are read.</summary>
    public SegmentationMode Mode { get; }

    /// <summary>The epoch in force, counted from 0: where schedules are read, as in <c>Temperature.At(regions.Epoch)</c>.</summary>
    public int Epoch { get; }

    /// <summary>K, the channels of the logits; 1 in binary mode.</summary>
    public int Channels => _classes;

    /// <summary>The K classes or foregrounds.</summary>
    public RegionSet Foreground { get; }

    /// <summary>
    /// What is not class k, for each k. In multiclass mode it has a true size, a valid size and the one-vs-rest focal sum;
    /// for its other statistics read those of the other classes.
    /// </summary>
    public RegionSet Background { get; }

    /// <summary>The regions that part an image: the K classes, in binary and multilabel mode the foregrounds and the backgrounds.</summary>
    public RegionSet All { get; }

    /// <summary>Foregrounds and backgrounds in every mode: each class against the rest.</summary>
    public RegionSet OneVsRest { get; }

    /// <summary>
    /// The instances of an image, such as single lesions, as <see cref="SegmentationTarget.WithInstances"/> numbers them. They have
    /// an overlap, a true size and a predicted size alone: that of their class in their domain, which is the image without the other
    /// pixels of the class. There is room for as many as the fullest image has: those that an image lacks have the true size 0.
    /// </summary>
    public RegionSet Instances { get; }

    /// <summary>|V| of each image, in pixels; in multilabel mode of all its channels together.</summary>
    public Formula ValidSizeOfImage { get; }

    private static int[] Range(int first, int count) => [.. Enumerable.Range(first, count)];
}
