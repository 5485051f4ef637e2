namespace SegLossBias;

/// <summary>One statistic of every region, and the gradient of a loss with respect to it.</summary>
/// <param name="values">The numbers of all statistics, as the kernel lays them out.</param>
/// <param name="gradient">Laid out alike.</param>
/// <param name="first">Where the statistic begins within an image.</param>
/// <param name="step">From one image to the next.</param>
/// <param name="classes">Foregrounds of an image; its backgrounds follow them.</param>
internal readonly struct StatisticNumbers(double[] values, double[] gradient, int first, int step, int classes)
{
    internal double this[Region region] => values[PlaceOf(region)];

    internal void AddGradient(Region region, double amount) => gradient[PlaceOf(region)] += amount;

    private int PlaceOf(Region region) => (region.Image * step) + first + (region.IsBackground ? classes : 0) + region.Class;
}
