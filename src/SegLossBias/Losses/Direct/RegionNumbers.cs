namespace SegLossBias;

/// <summary>The statistics of <see cref="RegionStatistics"/> as plain numbers, with room for the gradient of a loss.</summary>
internal sealed class RegionNumbers
{
    private readonly double[] _values;
    private readonly RegionRequest _request;
    private readonly StatisticNumbers _targetSize;
    private readonly double[] _validSize;

    /// <param name="values">What a kernel gathered.</param>
    /// <param name="job">What it was asked for.</param>
    /// <param name="mode">How the logits were read.</param>
    internal RegionNumbers(double[] values, RegionJob job, SegmentationMode mode)
    {
        (_values, _request, Images, Classes, Mode) = (values, job.Request, job.Images, job.Channels, mode);
        Gradient = new double[values.Length];
        _targetSize = At(_request.Statistics.Count);
        _validSize = new double[mode == SegmentationMode.Multiclass ? Images : Images * Classes];
        foreach (var region in mode == SegmentationMode.Multiclass ? Foregrounds : Everything)
        {
            _validSize[ValidPlace(region)] += _targetSize[region];
        }
    }

    internal SegmentationMode Mode { get; }

    internal int Images { get; }

    internal int Classes { get; }

    /// <summary>The gradient, laid out as the kernel wants it.</summary>
    internal double[] Gradient { get; }

    /// <summary>Every class of every image.</summary>
    internal IEnumerable<Region> Foregrounds => RegionsOf(isBackground: false);

    /// <summary>Every class and, where a channel has a background of its own, every background.</summary>
    internal IEnumerable<Region> Both => Mode == SegmentationMode.Multiclass ? Foregrounds : Everything;

    /// <summary>Every class and every background.</summary>
    internal IEnumerable<Region> Everything => Foregrounds.Concat(RegionsOf(isBackground: true));

    /// <summary>The valid pixels of the batch, in multilabel mode those of all channels.</summary>
    internal double AllValid => _validSize.Sum();

    internal StatisticNumbers Of(RegionStatistic statistic) => At(_request.PlaceOf(statistic));

    internal double TargetSize(Region region) =>
        region.IsBackground ? ValidSize(region) - _targetSize[region with { IsBackground = false }] : _targetSize[region];

    /// <summary>The pixels that are not ignored, of the image or, in multilabel mode, of its channel.</summary>
    internal double ValidSize(Region region) => _validSize[ValidPlace(region)];

    private int ValidPlace(Region region) => Mode == SegmentationMode.Multiclass ? region.Image : (region.Image * Classes) + region.Class;

    private StatisticNumbers At(int place) =>
        new(_values, Gradient, 2 * place * Classes, 2 * (_request.Statistics.Count + 1) * Classes, Classes);

    private IEnumerable<Region> RegionsOf(bool isBackground)
    {
        for (var image = 0; image < Images; image++)
        {
            for (var k = 0; k < Classes; k++)
            {
                yield return new Region(image, k, isBackground);
            }
        }
    }
}
