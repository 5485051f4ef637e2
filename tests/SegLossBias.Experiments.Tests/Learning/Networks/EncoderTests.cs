using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Onnx;
using TorchSharp.PyBridge;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SegLossBias.Experiments.Tests.Learning.Networks;

/// <summary>The encoders against ONNX Runtime, torchvision's names and files of weights.</summary>
public sealed class EncoderTests
{
    private const int Side = 224;

    /// <summary>Of the largest activation.</summary>
    private const double Tolerance = 1e-5;

    [Fact]
    public void ImageNetWeights_GiveTheActivationsOfOnnxRuntime_AtAllScales()
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        using var encoder = ImageNet();
        encoder.eval();
        var picture = SyntheticFundus.Cases("picture", 1, Side, seed: 3)[0].Image.unsqueeze(0).to(ScalarType.Float32);
        var features = encoder.call(PictureInput.Normalise(picture, InputKind.ImageNet));
        var expected = ByOnnxRuntime(picture);
        foreach (var (scale, (ours, theirs)) in features.Zip(expected).Index())
        {
            ours.shape.Should().Equal(1, encoder.Channels[scale], Side >> (scale + 1), Side >> (scale + 1));
            var difference = ((ours - theirs).abs().max() / theirs.abs().max()).item<float>();
            theirs.abs().max().item<float>().Should().BeGreaterThan(0.1f, "scale {0} is alive", scale);
            difference.Should().BeLessThan((float)Tolerance, "scale {0}", scale);
        }
    }

    [Fact]
    public void TheFileOfTheNetwork_CanBeReadWhileItIsOpen()
    {
        using var scope = NewDisposeScope();
        using var other = new FileStream(EncoderWeights.ImageNetFile, FileMode.Open, FileAccess.Read, FileShare.Read);
        OnnxResNet18.Read(EncoderWeights.ImageNetFile).Should().ContainKey("layer4.1.bn2.running_var");
    }

    [Theory]
    [InlineData(EncoderKind.ResNet18, 11_176_512, "layer4.1.conv2.weight", new long[] { 512, 512, 3, 3 })]
    [InlineData(EncoderKind.ResNet34, 21_284_672, "layer3.5.bn2.bias", new long[] { 256 })]
    [InlineData(EncoderKind.ResNet50, 23_508_032, "layer2.0.downsample.0.weight", new long[] { 512, 256, 1, 1 })]
    internal void Parameters_AreThoseOfTorchvisionWithoutClassification(EncoderKind kind, long parameters, string name, long[] shape)
    {
        using var encoder = new ResNetEncoder(kind);
        encoder.parameters().Sum(parameter => parameter.numel()).Should().Be(parameters);
        encoder.state_dict()[name].shape.Should().Equal(shape);
        encoder.state_dict().Keys.Where(key => !key.StartsWith("layer", StringComparison.Ordinal)).Should().BeEquivalentTo(
            "conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked");
    }

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("weights.pth")]
    public void AFileOfTheStateDict_GivesTheSameEncoder(string file)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var saved = new ResNetEncoder(EncoderKind.ResNet34);
        using var classified = new WithClassification(saved);
        if (file.EndsWith(".pth", StringComparison.Ordinal))
        {
            classified.save_py(folder[file]);
        }
        else
        {
            classified.save_safetensors(folder[file]);
        }

        using var loaded = Encoder.Create(Settings(EncoderKind.ResNet34, folder[file]));
        foreach (var (name, tensor) in loaded.state_dict())
        {
            tensor.Equals(saved.state_dict()[name]).Should().BeTrue(name);
        }
    }

    [Fact]
    public void AMissingTensor_IsNamed() => Failing(weights => weights.Remove("layer2.1.bn1.weight")).Should().Contain("has no layer2.1.bn1.weight");

    [Fact]
    public void AMisshapenTensor_IsNamed() =>
        Failing(weights => weights["conv1.weight"] = zeros(64, 1, 7, 7)).Should().Contain("conv1.weight has the shape [64,1,7,7], not [64,3,7,7]");

    [Fact]
    public void ATensorOfAnotherNetwork_IsNamed() => Failing(weights => weights["layer1.2.bn1.bias"] = zeros(64)).Should().Contain("layer1.2.bn1.bias");

    [Fact]
    public void ADamagedFile_IsAUserError()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "weights.safetensors", "weights.pth", "weights.zip" })
        {
            File.WriteAllText(folder[file], "nothing of the kind");
            var create = () => Encoder.Create(Settings(EncoderKind.ResNet18, folder[file]));
            create.Should().Throw<UserError>().Where(error => error.Message.Contains(file));
        }
    }

    [Theory]
    [InlineData(EncoderKind.None, "imagenet", "no encoder")]
    [InlineData(EncoderKind.ResNet50, "imagenet", "ResNet18 alone")]
    [InlineData(EncoderKind.ResNet18, "/nowhere/weights.pth", "no file")]
    internal void WeightsThatThereAreNot_AreAUserError(EncoderKind encoder, string weights, string says)
    {
        var check = () => Encoder.Check(Settings(encoder, weights));
        check.Should().Throw<UserError>().Where(error => error.Message.Contains(says));
    }

    private static ResNetEncoder ImageNet() => Encoder.Create(Settings(EncoderKind.ResNet18, ExperimentSettings.ImageNetWeights));

    private static ExperimentSettings Settings(EncoderKind encoder, string weights) => Tiny.Settings() with { Encoder = encoder, EncoderWeights = weights };

    private static string Failing(Action<Dictionary<string, Tensor>> spoil)
    {
        using var scope = NewDisposeScope();
        using var encoder = new ResNetEncoder(EncoderKind.ResNet18);
        var weights = new ResNetEncoder(EncoderKind.ResNet18).state_dict().ToDictionary(entry => entry.Key, entry => entry.Value);
        spoil(weights);
        var copy = () => Encoder.CopyInto(encoder, weights, "a file");
        return copy.Should().Throw<UserError>().Which.Message;
    }

    /// <summary>The package's network itself: what goes into its pooling and what ends each stage of 64 to 512 channels.</summary>
    private static Tensor[] ByOnnxRuntime(Tensor picture)
    {
        var model = OnnxResNet18.Parse(EncoderWeights.ImageNetFile);
        var sums = model.Graph.Node.Where(node => node.OpType == "Add").Select(node => node.Output[0]).ToArray();
        string After(int block) => model.Graph.Node.Single(node => node.OpType == "Relu" && node.Input[0] == sums[block]).Output[0];
        string[] names = [model.Graph.Node.First(node => node.OpType == "Relu").Output[0], After(1), After(3), After(5), After(7)];
        model.Graph.Output.Clear();
        model.Graph.Output.AddRange(names.Select(name => new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float } } }));
        using var session = new InferenceSession(model.ToByteArray());
        var blueFirst = (picture - (255 * tensor(InputNormalisation.Mean, [1, 3, 1, 1]))).flip(1).contiguous();
        var input = new DenseTensor<float>(blueFirst.data<float>().ToArray(), [1, 3, Side, Side]);
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor(model.Graph.Input[0].Name, input)], names);
        return [.. outputs.Select(output => output.AsTensor<float>().ToDenseTensor()).Select(value => tensor(value.ToArray(), [.. value.Dimensions.ToArray().Select(side => (long)side)]))];
    }

    private sealed class WithClassification : nn.Module<Tensor, Tensor>
    {
        public WithClassification(ResNetEncoder encoder) : base("ResNet")
        {
            foreach (var (name, module) in encoder.named_children())
            {
                register_module(name, module);
            }

            register_module("fc", nn.Linear(512, 10));
        }

        public override Tensor forward(Tensor input) => throw new NotSupportedException("only saved");
    }
}
