using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Batches of patches of volumes, some of them centred on the foreground.</summary>
/// <remarks>
/// A volume of V voxels gets a share of the patches that is proportional to ⌈V / voxels of a patch⌉. In every batch the last
/// patches, <see cref="ExperimentSettings.ForegroundShare"/> of all in an epoch, are centred on a foreground voxel as nearly as
/// the border allows (from a volume that has any), the others anywhere; a batch of two or more has one at least if the share
/// is above 0. All batches have the same number of patches. A volume smaller than a patch is padded: with 0 in the image, in
/// the labels with the ignore index if there is one, else as background. Where no class is background, all are foreground.
/// </remarks>
internal sealed class PatchBatches : ITrainingBatches
{
    private readonly IReadOnlyList<Case> _cases;
    private readonly ExperimentSettings _settings;
    private readonly int _seed;
    private readonly Device _device;
    private readonly long[] _size;
    private readonly long _outside;
    private readonly ForegroundVoxels[] _foreground;
    private readonly int[] _withForeground;
    private readonly int[] _turns;

    /// <param name="cases">What is trained on.</param>
    /// <param name="settings">Size and number of patches, and augmentation.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="device">Where the batches go.</param>
    /// <param name="firstMeasured">The first class that is no background.</param>
    /// <param name="ignoreIndex">A label that is no class.</param>
    public PatchBatches(
        IReadOnlyList<Case> cases, ExperimentSettings settings, int seed, Device device, int firstMeasured, long? ignoreIndex)
    {
        (_cases, _settings, _seed, _device) = (cases, settings, seed, device);
        _outside = ignoreIndex ?? 0;
        _size = [.. settings.Size.Select(extent => (long)extent)];
        _foreground = [.. cases.Select(item => new ForegroundVoxels(item, firstMeasured, ignoreIndex))];
        _withForeground = [.. Enumerable.Range(0, cases.Count).Where(i => _foreground[i].Any)];
        _turns = [.. Enumerable.Range(0, cases.Count).SelectMany(i => Enumerable.Repeat(i, PatchesToCover(cases[i])))];
        PerEpoch = Batches.Count(settings.PatchesPerEpoch ?? _turns.Length, settings.Batch);
        if (settings.ForegroundShare > 0 && _withForeground.Length == 0)
        {
            throw new UserError("no training volume has any foreground to centre patches on; a foreground share of 0 needs none");
        }
    }

    public int PerEpoch { get; }

    public (Tensor Images, Tensor Targets) Batch(int epoch, int index)
    {
        using var scope = NewDisposeScope();
        var turns = (int[])_turns.Clone();
        Draws(epoch, -1).Shuffle(turns);
        var random = Draws(epoch, index);
        var uniform = _settings.Batch - ForegroundPatches(index);
        var (images, targets) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < _settings.Batch; i++)
        {
            var turn = turns[((index * _settings.Batch) + i) % turns.Length];
            var (image, labels) = i < uniform ? Anywhere(turn, random) : OnForeground(turn, random);
            images.Add(image);
            targets.Add(labels);
        }

        return (stack(images).to(_device).MoveToOuterDisposeScope(), stack(targets).to(_device).MoveToOuterDisposeScope());
    }

    /// <summary>How many patches of a batch are centred on the foreground.</summary>
    internal int ForegroundPatches(int index)
    {
        var perBatch = _settings.Batch * _settings.ForegroundShare;
        return _settings.Batch >= 2 && perBatch is > 0 and < 1 ? 1 : UpTo(index + 1) - UpTo(index);

        int UpTo(int batches) => (int)Math.Round(batches * perBatch, MidpointRounding.AwayFromZero);
    }

    private int PatchesToCover(Case item)
    {
        var patch = _size.Aggregate((a, b) => a * b);
        return (int)((item.Labels.numel() + patch - 1) / patch);
    }

    private Random Draws(int epoch, int index) => new(unchecked((((_seed * 1_000_003) + epoch) * 1_000_003) + index));

    private (Tensor Image, Tensor Labels) Anywhere(int which, Random random) => Cut(which, random, axis =>
        random.NextInt64(Math.Max(0, _cases[which].Space[axis] - _size[axis]) + 1) + (_size[axis] / 2));

    private (Tensor Image, Tensor Labels) OnForeground(int which, Random random)
    {
        which = _foreground[which].Any ? which : _withForeground[random.Next(_withForeground.Length)];
        var centre = _foreground[which].Draw(random);
        return Cut(which, random, axis => centre[axis]);
    }

    private (Tensor Image, Tensor Labels) Cut(int which, Random random, Func<int, long> centre)
    {
        var item = _cases[which];
        long[] start = [.. Enumerable.Range(0, 3).Select(axis => Patch.StartAround(centre(axis), item.Space[axis], _size[axis]))];
        var image = Patch.Cut(item.Image, start, _size, 0);
        var labels = Patch.Cut(item.Labels, start, _size, _outside);
        return PatchAugmentation.Apply(_settings.Augmentation, image, labels, item.SpacingMm, random);
    }
}
