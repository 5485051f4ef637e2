using System.Globalization;

namespace SegLossBias.Experiments.Commands;

/// <summary>What must hold of settings before data is read; what depends on the network is its factory's to check.</summary>
internal static class SettingsCheck
{
    private const int MostEpochs = 1_000_000;
    private const int MostPerStep = 4096;
    private const int MostPatches = 1_000_000;

    /// <summary>Far more than any training bears; float32 ends at 3e38.</summary>
    private const int LargestRate = 1000;

    /// <exception cref="UserError">Says which option is wrong and what it may be.</exception>
    public static void Check(ExperimentSettings settings)
    {
        var volumes = DataLayouts.Find(settings.Layout).Dimensions == 3;
        Require(settings.Dimensions is 2 or 3, $"--size: {settings.Dimensions} numbers are neither height and width nor depth, height and width");
        Require(volumes == (settings.Dimensions == 3), volumes
            ? $"--size: volumes are trained in patches of depth, height and width, such as 48x64x48, but {settings.Dimensions} numbers came"
            : $"--size: pictures have height and width, but {settings.Dimensions} numbers came");
        Require(settings.Size.All(side => side is >= 1 and <= 4096), "--size: every side must lie between 1 and 4096");
        NetworkFactory.Check(settings);
        Require(settings.Epochs is >= 1 and <= MostEpochs, $"--epochs: {settings.Epochs} does not lie between 1 and {MostEpochs}");
        var fewest = settings.WholeVolumes ? 1 : 2;
        Require(settings.Batch >= fewest && settings.Batch <= MostPerStep, $"--batch: {settings.Batch} does not lie between {fewest} and {MostPerStep}");
        Require(settings.LearningRate is > 0 and <= LargestRate, $"--lr: {Text(settings.LearningRate)} is not above 0 and up to {LargestRate}");
        Require(settings.WeightDecay is >= 0 and <= LargestRate, $"--weight-decay: {Text(settings.WeightDecay)} does not lie between 0 and {LargestRate}");
        Require(settings.PatchesPerEpoch is null or (>= 1 and <= MostPatches), $"--patches: {settings.PatchesPerEpoch} does not lie between 1 and {MostPatches}");
        Require(settings.ForegroundShare is >= 0 and <= 1, $"--foreground-share: {Text(settings.ForegroundShare)} does not lie between 0 and 1");
        Require(double.IsFinite(settings.ToleranceMm) && settings.ToleranceMm >= 0, $"--tolerance: {Text(settings.ToleranceMm)} is not 0 or more");
        Require(!volumes || settings.Augmentation is AugmentationKind.None or AugmentationKind.Flips or AugmentationKind.Full, $"--augment: {settings.Augmentation} is for pictures; volumes have none, flips and full");
        Require(!volumes || settings.Fit == FitKind.Stretch, "--fit: volumes are seen in patches of their own voxels; leave the option out");
        Require(settings.Layout != DataLayouts.Generated || settings.Split is null, "--split: generated pictures are divided already; leave the option out");
        Require(settings.AdamBeta2 is >= 0 and < 1, $"--beta2: {Text(settings.AdamBeta2)} does not lie between 0 and 1");
        Require(settings.Threads is >= 0 and <= 1024, $"--threads: {settings.Threads} does not lie between 0 and 1024");
        Require(settings.Device is "cpu" or "cuda", $"--device: '{settings.Device}' is neither cpu nor cuda");
        CheckWhole(settings, volumes);
        Require(settings.Losses.Count > 0, "--losses: the list is empty");
        Require(settings.Seeds.Count > 0, "--seeds: the list is empty");
        RequireDistinct("--losses", settings.Losses.Select(loss => loss.Text));
        RequireDistinct("--seeds", settings.Seeds);
    }

    private static void CheckWhole(ExperimentSettings settings, bool volumes)
    {
        if (!settings.WholeVolumes)
        {
            return;
        }

        Require(volumes, "--whole: pictures are seen whole already, so that the loss of each is exact; the option is for volumes, which are trained in patches");
        Require(settings.PatchesPerEpoch is null, "--patches: with --whole every training volume is seen once in an epoch; leave one of them out");
        Require(settings.ForegroundShare == ExperimentSettings.DefaultForegroundShare, "--foreground-share: whole volumes have the foreground that they have; leave it or --whole out");
        foreach (var loss in settings.Losses)
        {
            var obstacle = TiledLoss.Obstacle(loss);
            Require(obstacle is null, $"--whole: {loss.Label} cannot be trained on tiles: {obstacle}");
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static void RequireDistinct<T>(string option, IEnumerable<T> items)
    {
        var twice = items.GroupBy(item => item).FirstOrDefault(group => group.Count() > 1);
        Require(twice is null, $"{option}: {(twice is null ? default : twice.Key)} is named twice");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw UserError.Usage(message);
        }
    }
}
