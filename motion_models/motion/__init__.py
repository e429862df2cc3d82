"""What a motion is: skeleton, features, statistics, and what can be measured on joints."""
