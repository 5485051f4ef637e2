using System.Globalization;
using System.Numerics;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Reads the files of a case, checks that they belong together, and normalises the image.</summary>
internal static class VolumeReader
{
    /// <summary>Spacings that differ by less, in mm, are the same.</summary>
    public const double SpacingTolerance = 1e-3;

    /// <summary>Directions are the same whose unit vectors are less than this apart.</summary>
    private const double AxisTolerance = 1e-3;

    /// <param name="files">The case.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Labels are 0 to this number less one.</param>
    /// <param name="group">What the case shares with others; null where it stands alone.</param>
    /// <param name="leftOut">Receives a line that names the file and what is wrong with it.</param>
    /// <returns>Null if the case cannot be used.</returns>
    public static Case? Read(VolumeFiles files, int channels, int classes, string? group, ICollection<string> leftOut)
    {
        using var scope = NewDisposeScope();
        var path = files.Label;
        try
        {
            var (header, values) = NiftiFile.Read(path);
            InvalidVolumeException.Unless(header.Channels == 1, $"a label map with {header.Channels} channels");
            var labels = tensor(Labels(values, header.Space, classes), [.. header.Space]);
            var images = new List<Tensor>();
            foreach (var image in files.Images)
            {
                path = image;
                images.Add(ReadImage(path, header));
            }

            var all = cat(images, 0);
            InvalidVolumeException.Unless(all.shape[0] == channels, $"{all.shape[0]} channels, but {channels} are expected");
            return new Case(
                files.Name, all.DetachFromDisposeScope(), labels.DetachFromDisposeScope(), header.SpacingMm, files.Label, group);
        }
        catch (InvalidVolumeException invalid)
        {
            leftOut.Add($"{path}: {invalid.Message}");
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            leftOut.Add(File.Exists(path) ? $"{path}: {closed.Message}" : $"{path}: there is no such file");
        }

        return null;
    }

    /// <summary>Scales a channel to mean 0 and standard deviation 1 over its voxels that are not 0; those stay 0.</summary>
    /// <remarks>
    /// In magnetic resonance images 0 is what lies outside of the body. Where a channel has negative values, as in computed
    /// tomography, 0 is a value like others, and all voxels are scaled.
    /// </remarks>
    internal static void Normalise(Span<float> channel)
    {
        var (sum, inside, lowest) = (0.0, 0L, 0f);
        foreach (var value in channel)
        {
            (sum, inside, lowest) = (sum + value, value != 0 ? inside + 1 : inside, Math.Min(lowest, value));
        }

        InvalidVolumeException.Unless(double.IsFinite(sum), $"a voxel is not a finite number");
        var all = lowest < 0;
        var count = all ? channel.Length : inside;
        var (mean, squares) = (sum / Math.Max(1, count), 0.0);
        foreach (var value in channel)
        {
            squares += all || value != 0 ? (value - mean) * (value - mean) : 0;
        }

        var deviation = Math.Sqrt(squares / Math.Max(1, count));
        InvalidVolumeException.Unless(deviation > 1e-6 * Math.Abs(mean), $"all voxels have the same value");
        for (var i = 0; i < channel.Length; i++)
        {
            channel[i] = all || channel[i] != 0 ? (float)((channel[i] - mean) / deviation) : 0;
        }
    }

    private static Tensor ReadImage(string path, NiftiHeader label)
    {
        var (header, values) = NiftiFile.Read(path);
        InvalidVolumeException.Unless(header.Space.SequenceEqual(label.Space), $"{Text(header.Space)} voxels, but its label map has {Text(label.Space)}");
        InvalidVolumeException.Unless(
            header.SpacingMm.Zip(label.SpacingMm).All(pair => Math.Abs(pair.First - pair.Second) < SpacingTolerance),
            $"voxels of {Text(header.SpacingMm)} mm, but its label map has {Text(label.SpacingMm)} mm");
        if (header.Axes is { } axes && label.Axes is { } labelAxes)
        {
            InvalidVolumeException.Unless(
                axes.Zip(labelAxes).All(pair => Vector3.Distance(pair.First, pair.Second) < AxisTolerance),
                $"its axes run along {Text(axes)}, but those of its label map along {Text(labelAxes)}");
        }

        var voxels = values.Length / (int)header.Channels;
        for (var channel = 0; channel < header.Channels; channel++)
        {
            Normalise(values.AsSpan(channel * voxels, voxels));
        }

        return tensor(values, [header.Channels, .. header.Space]);
    }

    private static byte[] Labels(float[] values, IReadOnlyList<long> space, int classes)
    {
        var labels = new byte[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            labels[i] = values[i] >= 0 && values[i] < classes && float.IsInteger(values[i])
                ? (byte)values[i]
                : throw new InvalidVolumeException(FormattableString.Invariant(
                    $"label {values[i]} at [{i / (space[1] * space[2])}, {i / space[2] % space[1]}, {i % space[2]}]; whole numbers from 0 to {classes - 1} are classes"));
        }

        return labels;
    }

    private static string Text(IReadOnlyList<Vector3> axes) =>
        string.Join(", ", axes.Select(axis => FormattableString.Invariant($"({axis.X:0.###} {axis.Y:0.###} {axis.Z:0.###})")));

    private static string Text<T>(IEnumerable<T> extents)
        where T : IFormattable => string.Join("×", extents.Select(extent => extent.ToString("G6", CultureInfo.InvariantCulture)));
}
