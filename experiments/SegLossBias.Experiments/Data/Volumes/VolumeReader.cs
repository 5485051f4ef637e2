using System.Numerics;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Reads the files of a case, checks that they belong together, and normalises the image.</summary>
internal static class VolumeReader
{
    /// <param name="files">The case.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="labelling">What the numbers of the label map mean.</param>
    /// <param name="group">What the case shares with others; null where it stands alone.</param>
    /// <param name="leftOut">Receives a line that names the file and what is wrong with it.</param>
    /// <param name="notes">Receives a line that names a file which is used, but says two things of its geometry.</param>
    /// <returns>Null if the case cannot be used.</returns>
    public static Case? Read(VolumeFiles files, int channels, VolumeLabels labelling, string? group, ICollection<string> leftOut, ICollection<string> notes)
    {
        using var scope = NewDisposeScope();
        var path = files.Label;
        try
        {
            var (header, values) = NiftiFile.Read(path);
            InvalidVolumeException.Unless(header.Channels == 1, $"a label map with {header.Channels} channels");
            var labels = tensor(labelling.Of(values, header), [.. header.Space], device: CPU);
            var (images, said) = (new List<Tensor>(), Notes(path, header));
            foreach (var image in files.Images)
            {
                path = image;
                images.Add(ReadImage(path, header, said));
            }

            var all = cat(images, 0);
            InvalidVolumeException.Unless(all.shape[0] == channels, $"{all.shape[0]} channels, but {channels} are expected");
            said.ForEach(notes.Add);
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

    private static List<string> Notes(string path, NiftiHeader header) => header.Geometry.Disagreement is { } disagreement ? [$"{path}: {disagreement}"] : [];

    private static Tensor ReadImage(string path, NiftiHeader label, List<string> notes)
    {
        var (header, values) = NiftiFile.Read(path);
        var (here, there) = (header.Geometry, label.Geometry);
        InvalidVolumeException.Unless(header.Space.SequenceEqual(label.Space), $"{Text(header.Space)} voxels, but its label map has {Text(label.Space)}");
        InvalidVolumeException.Unless(here.HasSpacingOf(there), $"voxels of {NiftiGeometry.Text(here.SpacingMm)} mm, but its label map has {NiftiGeometry.Text(there.SpacingMm)} mm");
        InvalidVolumeException.Unless(here.HasAxesOf(there), $"its axes run along {Text(here.Axes)}, but those of its label map along {Text(there.Axes)}");
        InvalidVolumeException.Unless(
            here.HasOriginOf(there),
            $"its first voxel lies at {NiftiGeometry.Text(here.OriginMm)} mm, but that of its label map at {NiftiGeometry.Text(there.OriginMm)} mm; resample one to the other, or give both the same affine if only the header is wrong");
        notes.AddRange(Notes(path, header));
        var voxels = values.Length / (int)header.Channels;
        for (var channel = 0; channel < header.Channels; channel++)
        {
            Normalise(values.AsSpan(channel * voxels, voxels));
        }

        return tensor(values, [header.Channels, .. header.Space], device: CPU);
    }

    private static string Text(IReadOnlyList<Vector3>? axes) => string.Join(", ", (axes ?? []).Select(NiftiGeometry.Text));

    private static string Text(IEnumerable<long> extents) => string.Join('×', extents);
}
