using SegLossBias.Experiments.Tests.Support;
using TorchSharp;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public sealed class PictureBatchesTests : IDisposable
{
    private const int Height = 6;
    private const int Width = 10;

    private readonly Case[] _cases = [.. Enumerable.Range(0, 11).Select(Random)];

    public void Dispose() => Array.ForEach(_cases, item => item.Dispose());

    [Fact]
    public void AnEpoch_HasEveryPictureOnceInBatchesOfAlmostOneSize()
    {
        var batches = Batches(AugmentationKind.None, batch: 4);
        batches.PerEpoch.Should().Be(3);
        var sizes = new List<long>();
        var seen = new List<string>();
        for (var index = 0; index < batches.PerEpoch; index++)
        {
            var (images, targets) = batches.Batch(1, index);
            using (images)
            using (targets)
            {
                sizes.Add(images.shape[0]);
                images.shape[1..].Should().Equal(3, Height, Width);
                seen.AddRange(Enumerable.Range(0, (int)targets.shape[0]).Select(i => Convert.ToHexString(targets[i].Bytes())));
            }
        }

        sizes.Should().BeEquivalentTo([3, 4, 4]);
        seen.Should().BeEquivalentTo(_cases.Select(item => Convert.ToHexString(item.Labels.Bytes())));
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Flips")]
    [InlineData("Full")]
    public void Images_HaveMeanZeroAndDeviationOne(string kind)
    {
        var (images, targets) = Batches(Enum.Parse<AugmentationKind>(kind)).Batch(1, 0);
        targets.Dispose();
        using (images)
        {
            images.dtype.Should().Be(torch.ScalarType.Float32);
            for (var i = 0; i < images.shape[0]; i++)
            {
                var values = images[i].Floats();
                values.Average().Should().BeApproximately(0, 1e-5f);
                values.Average(value => value * value).Should().BeApproximately(1, 1e-4f);
            }
        }
    }

    [Fact]
    public void OfLargerPictures_APartIsSeenThatImageAndLabelsShare()
    {
        // The image says where a pixel is; the labels too.
        var cases = Enumerable.Range(0, 4).Select(i => new Case(
            $"case {i}", torch.arange(64, torch.ScalarType.Byte).reshape(1, 8, 8).expand(3, 8, 8).contiguous(), torch.arange(64, torch.ScalarType.Byte).reshape(8, 8), [1, 1])).ToArray();
        var settings = SomeSettings.OnPictures("Folder", null, 6, 6) with { Augmentation = AugmentationKind.Crop, Batch = 4, EncoderWeights = ExperimentSettings.ImageNetWeights };
        var corners = new HashSet<byte>();
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var (images, targets) = new PictureBatches(cases, settings, 3, torch.CPU).Batch(epoch, 0);
            using (images)
            using (targets)
            {
                images.shape.Should().Equal(4, 3, 6, 6);
                for (var i = 0; i < 4; i++)
                {
                    var (image, labels) = (images[i].Floats(), targets[i].Bytes());
                    corners.Add(Math.Min(labels[0], labels[5]));

                    // Brightness and contrast keep the order of values, if not the values.
                    var order = labels.Select((label, at) => (label, value: image[at])).OrderBy(pixel => pixel.label).Select(pixel => pixel.value).ToArray();
                    order.Should().BeInAscendingOrder();
                }
            }
        }

        corners.Should().HaveCountGreaterThan(5, "a part may begin at 3 × 3 places");
        Array.ForEach(cases, item => item.Dispose());
    }

    [Fact]
    public void ForAnEncoderOfImageNet_ChannelsAreScaledByItsMeanAndDeviation()
    {
        var settings = Settings(AugmentationKind.None, 11) with { Encoder = EncoderKind.ResNet18, EncoderWeights = ExperimentSettings.ImageNetWeights };
        var (images, targets) = new PictureBatches(_cases, settings, 7, torch.CPU).Batch(1, 0);
        using (images)
        using (targets)
        {
            var labels = targets[0].Bytes();
            var pixels = _cases.Single(item => item.Labels.Bytes().SequenceEqual(labels)).Image.Bytes();
            double[] mean = [0.485, 0.456, 0.406], deviation = [0.229, 0.224, 0.225];
            var values = images[0].Floats();
            for (var at = 0; at < pixels.Length; at++)
            {
                var channel = at / (Height * Width);
                values[at].Should().BeApproximately((float)(((pixels[at] / 255.0) - mean[channel]) / deviation[channel]), 1e-5f);
            }
        }
    }

    [Fact]
    public void WithoutAugmentation_PicturesAreNormalisedOverAllChannels()
    {
        var (images, targets) = Batches(AugmentationKind.None, batch: 11).Batch(1, 0);
        using (images)
        using (targets)
        {
            for (var i = 0; i < 11; i++)
            {
                var labels = targets[i].Bytes();
                var pixels = _cases.Single(item => item.Labels.Bytes().SequenceEqual(labels)).Image.Bytes().Select(pixel => (double)pixel).ToArray();
                var mean = pixels.Average();
                var deviation = Math.Sqrt(pixels.Average(pixel => (pixel - mean) * (pixel - mean)));
                var values = images[i].Floats();
                for (var at = 0; at < pixels.Length; at++)
                {
                    values[at].Should().BeApproximately((float)((pixels[at] - mean) / deviation), 1e-4f);
                }
            }
        }
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Flips")]
    [InlineData("Full")]
    public void Batches_DependOnSeedAndEpochAlone(string kind)
    {
        var augmentation = Enum.Parse<AugmentationKind>(kind);
        var straight = Batches(augmentation);
        for (var index = 0; index < straight.PerEpoch; index++)
        {
            Content(straight, 1, index);
        }

        var resumed = Batches(augmentation);
        Content(resumed, 2, 1).Should().Equal(Content(straight, 2, 1));
        Content(resumed, 3, 1).Should().NotEqual(Content(straight, 2, 1));
        Content(Batches(augmentation, seed: 8), 2, 1).Should().NotEqual(Content(straight, 2, 1));
    }

    [Fact]
    public void Flips_ShowEveryMirrorImageWithItsOwnLabels()
    {
        using var item = Pointer();
        Case[] cases = [item, item];
        var seen = new HashSet<string>();
        for (var epoch = 1; epoch <= 30; epoch++)
        {
            var (images, targets) = new PictureBatches(cases, Settings(AugmentationKind.Flips, 2), 7, torch.CPU).Batch(epoch, 0);
            using (images)
            using (targets)
            {
                for (var i = 0; i < 2; i++)
                {
                    var (values, labels) = (images[i].Floats(), targets[i].Bytes());
                    labels.Should().Equal(values.Select(value => value > 1 ? (byte)1 : (byte)0), "the bright pixel is the labelled one");
                    seen.Add(Convert.ToHexString(labels));
                }
            }
        }

        seen.Should().HaveCount(4);
    }

    [Fact]
    public void Batches_LeaveNoTensorsBehind()
    {
        var batches = Batches(AugmentationKind.Full);
        Content(batches, 1, 0);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var (images, targets) = batches.Batch(epoch, 0);
            images.Dispose();
            targets.Dispose();
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(before);
    }

    private static Case Random(int i)
    {
        var random = new Random(i);
        var (pixels, labels) = (new byte[3 * Height * Width], new byte[Height * Width]);
        random.NextBytes(pixels);
        random.NextBytes(labels);
        return new($"case {i}", torch.tensor(pixels, [3, Height, Width]), torch.tensor(labels, [Height, Width]), [1, 1]);
    }

    /// <summary>One bright and labelled pixel beside a corner.</summary>
    private static Case Pointer()
    {
        byte[] labels = [.. Enumerable.Range(0, Height * Width).Select(i => i == Width + 2 ? (byte)1 : (byte)0)];
        byte[] pixels = [.. labels.Select(label => (byte)(250 * label))];
        return new("pointer", torch.tensor(pixels, [1, Height, Width]), torch.tensor(labels, [Height, Width]), [1, 1]);
    }

    private static ExperimentSettings Settings(AugmentationKind augmentation, int batch) =>
        SomeSettings.OnPictures("Folder", null, Height, Width) with { Augmentation = augmentation, Batch = batch };

    private PictureBatches Batches(AugmentationKind augmentation, int batch = 4, int seed = 7) =>
        new(_cases, Settings(augmentation, batch), seed, torch.CPU);

    private static float[] Content(PictureBatches batches, int epoch, int index)
    {
        var (images, targets) = batches.Batch(epoch, index);
        using (images)
        using (targets)
        {
            return [.. images.Floats(), .. targets.Bytes().Select(label => (float)label)];
        }
    }
}
