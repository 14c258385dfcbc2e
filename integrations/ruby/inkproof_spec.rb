# frozen_string_literal: true

require_relative "inkproof"

RSpec.describe Inkproof do
  before(:all) { @inkproof = Inkproof.new(dir: File.expand_path("../example", __dir__)) }
  before { @inkproof.reset }
  after(:all) { @inkproof.stop }

  # Your backend would send with Customer.io's client, at the address `@inkproof.url`.
  def send_shipped
    body = { transactional_message_id: "order_shipped", identifiers: { id: "user_123" }, message_data: { order_id: "A-1" } }
    uri = URI("#{@inkproof.url}/v1/send/inbox_message")
    Net::HTTP.post(uri, body.to_json, "Authorization" => "Bearer key").code
  end

  it "tells the customer about an order" do
    sender = Thread.new { sleep 0.05; send_shipped }
    message, = @inkproof.wait(to: "user_123", template: "order_shipped")
    expect(message["status"]).to eq("delivered")
    expect(message["message"]["properties"]).to eq("title" => "Order A-1 has shipped", "body" => "Hi Ada")
    sender.join
  end

  it "begins each test without messages" do
    expect(@inkproof.messages).to eq([])
    expect { @inkproof.wait(timeout: 0) }.to raise_error(/0 of 1 messages arrived/)
  end

  it "fails a request once" do
    @inkproof.fault(preset: "accepted_but_500", times: 1)
    expect([send_shipped, send_shipped]).to eq(%w[500 200])
    expect(@inkproof.wait(count: 2).length).to eq(2)
  end
end
