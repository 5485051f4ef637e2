using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Metamorphic;

/// <summary>Scenes made from a scene, for statements such as "this changes nothing".</summary>
internal static class SceneVariants
{
    /// <summary>No two pixels have the same loss, so that it is clear which is the harder one.</summary>
    internal static Scene WithoutTies(this Scene scene) => scene with { Logits = [.. scene.Logits.Select((z, index) => z + (1e-3 * Math.Sqrt(index + 1)))] };

    /// <summary>One image alone.</summary>
    internal static Scene Image(this Scene scene, long image) => scene.Images(image, 1);

    internal static Scene Images(this Scene scene, long first, long count) => scene with
    {
        Shape = [count, .. scene.Shape[1..]],
        Logits = Slice(scene.Logits, first, count, scene.Images),
        Labels = Slice(scene.Labels, first, count, scene.Images),
    };

    internal static Scene WithImagesReversed(this Scene scene) => scene with
    {
        Logits = ReverseImages(scene.Logits, scene.Images),
        Labels = ReverseImages(scene.Labels, scene.Images),
    };

    internal static T[] ReverseImages<T>(T[] values, long images) =>
        [.. values.Chunk(values.Length / (int)images).Reverse().SelectMany(image => image)];

    /// <summary>Class k becomes class order[k].</summary>
    internal static Scene WithClassesPermuted(this Scene scene, int[] order) => scene with
    {
        Logits = scene.PermuteChannels(scene.Logits, order),
        Labels = [.. scene.Labels.Select(label => label == Scene.Ignore ? label : order[label])],
    };

    /// <summary>Numbers in the layout of the logits, channel k moved to order[k].</summary>
    internal static double[] PermuteChannels(this Scene scene, double[] values, int[] order)
    {
        var permuted = new double[values.Length];
        for (var index = 0L; index < values.Length; index++)
        {
            var (image, channel, pixel) = scene.Position(index);
            permuted[scene.Index(image, order[channel], pixel)] = values[index];
        }

        return permuted;
    }

    /// <summary>The logits under ignored pixels replaced.</summary>
    internal static Scene WithLogitsUnderIgnored(this Scene scene, Func<long, double> logit) => scene with
    {
        Logits = [.. scene.Logits.Select((z, index) => scene.IsIgnored(index) ? logit(index) : z)],
    };

    /// <summary>Whether the logit at this flat index belongs to an ignored pixel.</summary>
    internal static bool IsIgnored(this Scene scene, long index)
    {
        var (image, _, pixel) = scene.Position(index);
        return scene.Labels[scene.Mode == SegmentationMode.Multilabel ? index : (image * scene.Pixels) + pixel] == Scene.Ignore;
    }

    internal static (long Image, long Channel, long Pixel) Position(this Scene scene, long index) =>
        (index / (scene.Classes * scene.Pixels), index / scene.Pixels % scene.Classes, index % scene.Pixels);

    private static long Index(this Scene scene, long image, long channel, long pixel) => (((image * scene.Classes) + channel) * scene.Pixels) + pixel;

    private static T[] Slice<T>(T[] values, long first, long count, long images)
    {
        var size = values.Length / (int)images;
        return values[(int)(first * size)..(int)((first + count) * size)];
    }
}
